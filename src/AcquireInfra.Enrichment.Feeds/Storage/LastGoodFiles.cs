using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Refreshing;

namespace AcquireInfra.Enrichment.Feeds.Storage;

/// <summary>
/// Copies of the files that the last snapshot was compiled from, in the subfolder <c>kept</c> of the state folder, for sources that are read
/// where they lie. Where such a file is gone or broken later, its copy takes its place, and the other sources stay as fresh as they are.
/// </summary>
public sealed class LastGoodFiles(string stateFolder)
{
    readonly string _root = Path.Combine(Path.GetFullPath(stateFolder), "kept");

    string Current => Path.Combine(_root, "current");

    string Before => Path.Combine(_root, "before");

    /// <summary>Copies the files in the place of those of the last time.</summary>
    /// <param name="sources">What was compiled.</param>
    /// <param name="isKept">Sources to copy the files of.</param>
    /// <param name="areCompiled">Whether the copies are what was compiled: files may have changed since.</param>
    /// <exception cref="IOException">The state folder cannot be written, or a file not be read; what was kept is as it was.</exception>
    public void Keep(IReadOnlyList<LocatedSource> sources, Predicate<LocatedSource> isKept, Predicate<IReadOnlyList<LocatedSource>> areCompiled)
    {
        if (!Directory.Exists(_root) && !sources.Any(source => isKept(source)))
        {
            return;
        }
        var incoming = Path.Combine(_root, "incoming");
        Remove(incoming);
        Directory.CreateDirectory(incoming);
        IReadOnlyList<LocatedSource> copies = [.. sources.Select(source => isKept(source) ? Copy(source, incoming) : source)];
        if (areCompiled(copies))
        {
            Remove(Before);
            if (Directory.Exists(Current))
            {
                Directory.Move(Current, Before); // killed here, a start finds them there
            }
            Directory.Move(incoming, Current);
            Remove(Before);
        }
        Remove(incoming);
    }

    /// <returns>The source with the copies of its files; null where there are none, or it was another source then.</returns>
    public LocatedSource? TryFind(LocatedSource source)
    {
        foreach (var folder in (string[])[Current, Before])
        {
            IReadOnlyList<string> copies = [.. source.Files.Select((file, index) => CopyOf(source, folder, file, index))];
            if (copies.Count > 0 && copies.All(File.Exists))
            {
                return source with { Files = copies };
            }
        }
        return null;
    }

    static LocatedSource Copy(LocatedSource source, string folder)
    {
        IReadOnlyList<string> copies = [.. source.Files.Select((file, index) => CopyOf(source, folder, file, index))];
        foreach (var (from, to) in source.Files.Zip(copies))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            using (var read = File.OpenRead(from))
            using (var write = new FileStream(to, FileMode.CreateNew, FileAccess.Write))
            {
                read.CopyTo(write);
            }
            File.SetLastWriteTimeUtc(to, File.GetLastWriteTimeUtc(from)); // which may be the date of its data
        }
        return source with { Files = copies };
    }

    // Under its own name, which is part of what a snapshot is compiled from, and in a folder for each: two may have the same name.
    static string CopyOf(LocatedSource source, string folder, string file, int index) => Path.Combine(
        folder, $"{source.Entry.Id}-{FeedFolder.DefinitionOf(source.Entry)[..16]}", index.ToString(System.Globalization.CultureInfo.InvariantCulture), Path.GetFileName(file));

    static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
