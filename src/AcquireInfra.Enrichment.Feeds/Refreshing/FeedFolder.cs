using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Manifest;
using AcquireInfra.Enrichment.Feeds.Storage;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Feeds.Refreshing;

/// <summary>
/// The folder of one source: <c>state.json</c>, and the files of the version in use and of one that is held. A new file is in its place
/// before the state that names it, and one that no state names goes with the next: whenever a process dies, the state names whole files.
/// </summary>
internal sealed class FeedFolder(string path)
{
    const int HashCharacters = 32;
    const string IncomingPrefix = "incoming-";

    public string Path { get; } = path;

    string StateFile => System.IO.Path.Combine(Path, "state.json");

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>The name of the file of one url: its place among the urls, and its content.</summary>
    public static string NameOf(int index, string sha256) => $"{index}-{sha256[..HashCharacters]}";

    /// <summary>Where the file of one url is put until its content is known.</summary>
    public string IncomingPathOf(int index) => PathOf($"{IncomingPrefix}{index}");

    /// <returns>Null where another process writes there.</returns>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    public FolderLock? TryLock()
    {
        Directory.CreateDirectory(Path);
        return FolderLock.TryTake(Path);
    }

    /// <returns>The state of this source; an empty one where there is none, it cannot be read, or it is of another definition.</returns>
    public FeedState Read(SourceEntry source)
    {
        var definition = DefinitionOf(source);
        try
        {
            var state = JsonSerializer.Deserialize(File.ReadAllBytes(StateFile), FeedStateJson.Default.FeedState);
            if (state is not null && state.Definition == definition)
            {
                return HasFiles(state.Accepted) ? state : state with { Accepted = null, Seen = [] };
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            // never refreshed, or damaged: the source is fetched anew
        }
        return new() { Definition = definition };
    }

    /// <exception cref="IOException">The disk is full, or cannot be written; what was there is as it was.</exception>
    public void Write(FeedState state)
    {
        AtomicFile.Write(StateFile, stream => JsonSerializer.Serialize(stream, state, FeedStateJson.Default.FeedState));
        string[] kept = [.. state.Accepted?.Files ?? [], .. state.Replaced, .. state.Held?.Version.Files ?? [], "state.json", "lock"];
        foreach (var file in Directory.GetFiles(Path).Where(file => !kept.Contains(System.IO.Path.GetFileName(file))))
        {
            LeftoverFile.TryDelete(file);
        }
    }

    /// <summary>Removes what a process that was killed has left. Its caller holds the lock, so that nobody writes.</summary>
    /// <exception cref="IOException">A file cannot be removed.</exception>
    public void RemoveLeftovers()
    {
        AtomicFile.RemoveAbandoned(Path, DateTimeOffset.MaxValue);
        foreach (var file in Directory.GetFiles(Path, IncomingPrefix + "*"))
        {
            LeftoverFile.TryDelete(file);
        }
    }

    public bool HasFiles(FeedVersion? version) => version is not null && version.Files.All(name => File.Exists(PathOf(name)));

    /// <summary>What a source is read from and how, as a hash: with another one, what was read of it before is of another source.</summary>
    public static string DefinitionOf(SourceEntry source)
    {
        var reading = new SourceManifest
        {
            Sources =
            [
                new SourceEntry
                {
                    Id = source.Id,
                    Name = "",
                    Kind = source.Kind,
                    Files = source.Urls.Count > 0 ? [] : source.Files,
                    Urls = source.Urls,
                    Format = source.FetchedFormat,
                    Reliability = 0,
                    Exportable = false,
                    Licence = "",
                },
            ],
        };
        var text = JsonSerializer.Serialize(reading, ManifestJson.Default.SourceManifest);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}
