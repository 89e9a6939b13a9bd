using System.Runtime.ExceptionServices;
using AcquireInfra.Enrichment.Compilation;
using AcquireInfra.Enrichment.Feeds.Gates;
using AcquireInfra.Enrichment.Feeds.Manifest;
using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Feeds.Loading;

/// <summary>One file of a source and what it gave.</summary>
/// <param name="AsOf">The date of its data.</param>
/// <param name="Warnings">What someone should look at, in sentences.</param>
public sealed record LoadedFile(string SourceId, string Path, FeedContent Content, DateTimeOffset AsOf, IReadOnlyList<string> Warnings);

/// <summary>Sources read from disk, ready to compile.</summary>
public sealed record LoadedSources(IReadOnlyList<CompilerSource> Sources, IReadOnlyList<LoadedFile> Files);

/// <summary>A source of a manifest with the files it stands for; without any it has no data yet, and covers nothing.</summary>
public sealed record LocatedSource(SourceEntry Entry, IReadOnlyList<string> Files);

/// <summary>Reads the files that a manifest names.</summary>
public static class SourceLoader
{
    /// <summary>Names the files of the sources that are switched on; whether they are there shows when they are read.</summary>
    /// <param name="root">Folder that relative paths begin at.</param>
    public static IReadOnlyList<LocatedSource> Locate(SourceManifest manifest, string root) => [.. manifest.Sources
        .Where(source => source.Enabled)
        .Select(source => new LocatedSource(source, [.. source.Files.SelectMany(file => FilesAt(Path.Combine(root, file)))]))];

    // A folder without files, or one that cannot be read, stands for itself: reading it fails, and names its source.
    static string[] FilesAt(string path)
    {
        try
        {
            return Directory.Exists(path) && Directory.GetFiles(path) is { Length: > 0 } files ? [.. files.Order(StringComparer.Ordinal)] : [path];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [path];
        }
    }

    /// <summary>
    /// Reads and parses. Faulty records are counted and the rest is taken; a file that is not read whole covers nothing; a file that is
    /// not what it should be is an error.
    /// </summary>
    /// <param name="scratchFolder">Where private copies of databases are mapped from; created when missing.</param>
    /// <param name="now">Dates that files state are not believed when they lie after it.</param>
    /// <exception cref="SourceException">A file cannot be read, or does not fit its format.</exception>
    /// <exception cref="ScratchFolderException">The scratch folder cannot be written.</exception>
    public static LoadedSources Load(
        IReadOnlyList<LocatedSource> sources, FeedLimits limits, string scratchFolder, DateTimeOffset now, CancellationToken cancellation = default)
    {
        sources = [.. sources.Where(source => source.Files.Count > 0)];
        var loaded = new (CompilerSource Source, IReadOnlyList<LoadedFile> Files)[sources.Count];
        var failures = new Exception?[sources.Count];
        Parallel.For(0, sources.Count, new ParallelOptions { CancellationToken = cancellation }, (at, loop) =>
        {
            try
            {
                loaded[at] = LoadOne(sources[at], limits, scratchFolder, now);
            }
            catch (Exception exception)
            {
                failures[at] = exception;
                loop.Stop();
            }
        });
        if (Array.Find(failures, failure => failure is not null) is { } first)
        {
            ExceptionDispatchInfo.Throw(first); // and no AggregateException: callers know nothing of our threads
        }
        return new([.. loaded.Select(pair => pair.Source)], [.. loaded.SelectMany(pair => pair.Files)]);
    }

    static (CompilerSource Source, IReadOnlyList<LoadedFile> Files) LoadOne(LocatedSource source, FeedLimits limits, string scratchFolder, DateTimeOffset now)
    {
        var entry = source.Entry;
        var roles = new List<AsnRoleRow>();
        var isWhole = true;
        var files = new List<LoadedFile>();
        foreach (var path in source.Files)
        {
            var content = Read(entry, path, LimitsFor(entry, limits), scratchFolder, roles);
            var asOf = DataDate.Of(content.AsOf, entry.AsOf, File.GetLastWriteTimeUtc(path), now, out var ofDate);
            var doubt = Completeness.DoubtOf(content);
            isWhole &= doubt is null;
            files.Add(new(entry.Id, path, content, asOf, [.. ((string?[])[doubt, ofDate]).OfType<string>()]));
        }
        return (new(SourceDescription.Of(entry, files, roles.Count, isWhole), [.. files.Select(file => file.Content)], roles), files);
    }

    /// <summary>Reads and counts the files of one version of a source, for its gates.</summary>
    /// <exception cref="SourceException">A file cannot be read, or does not fit its format.</exception>
    /// <exception cref="ScratchFolderException">The scratch folder cannot be written.</exception>
    internal static MeasuredFeed Measure(LocatedSource version, FeedLimits limits, string scratchFolder)
    {
        var roles = new List<AsnRoleRow>();
        var within = LimitsFor(version.Entry, limits);
        var contents = version.Files.Select(path => Read(version.Entry, path, within, scratchFolder, roles)).ToList();
        return MeasuredFeed.Of(contents, roles.Select(role => role.Asn));
    }

    // Announced prefixes are as wide as they are announced: 2002::/16 is in every table, and a row may be two /8s side by side.
    static FeedLimits LimitsFor(SourceEntry entry, FeedLimits limits) => entry.Kind == SourceKind.AsnTable
        ? limits with { MinIPv4Length = Math.Min(limits.MinIPv4Length, 6), MinIPv6Length = Math.Min(limits.MinIPv6Length, 16) }
        : limits;

    static FeedContent Read(SourceEntry entry, string path, FeedLimits limits, string scratchFolder, List<AsnRoleRow> roles)
    {
        try
        {
            var asWritten = entry.Format is { } given ? given with { IsAsnTable = entry.Kind == SourceKind.AsnTable } : null;
            if (asWritten is { Syntax: FeedSyntax.MaxMindDb } database)
            {
                using var copy = PrivateCopy.Of(path, scratchFolder, limits.MaxDatabaseBytes);
                return FeedParser.ParseMmdb(copy.Path, database, limits);
            }
            using var file = File.OpenRead(path);
            if (asWritten is { } format)
            {
                return FeedParser.Parse(file, format, limits);
            }
            roles.AddRange(AsnRolesParser.Parse(file, limits, out var faults));
            return faults;
        }
        catch (Exception exception) when (exception is not ScratchFolderException) // whatever it is, the other sources are not touched by it
        {
            throw new SourceException(entry.Id, path, exception);
        }
    }
}
