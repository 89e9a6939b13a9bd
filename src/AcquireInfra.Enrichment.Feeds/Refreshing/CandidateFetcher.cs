using System.Security.Cryptography;
using System.Text;
using AcquireInfra.Enrichment.Feeds.Downloads;
using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Feeds.Refreshing;

/// <summary>Brings together what is published now: what has changed is fetched, the rest is on disk. Local files and folders are published too.</summary>
internal sealed class CandidateFetcher(FeedFetcher fetcher, FeedLimits limits)
{
    /// <returns>The version that is published, its files in the folder, and what to ask with the next time.</returns>
    /// <exception cref="FetchException">A file cannot be fetched.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public async Task<(FeedVersion Version, IReadOnlyList<SeenFile> Seen)> FetchAsync(
        LocatedSource source, FeedFolder folder, FeedState state, DateTimeOffset now, CancellationToken cancellation)
    {
        var seen = new List<SeenFile>();
        var dates = new List<DateTimeOffset?>();
        for (var index = 0; index < source.Entry.Urls.Count; index++)
        {
            seen.Add(await FetchAsync(source, index, folder, state, now, cancellation).ConfigureAwait(false));
            dates.Add(seen[^1].Validators.LastModified);
        }
        foreach (var path in source.Entry.Urls.Count == 0 ? source.Files : [])
        {
            var copied = await Task.Run(() => CopyLocal(path, seen.Count, folder), cancellation).ConfigureAwait(false);
            dates.Add(source.Entry.AsOf ?? copied.Validators.LastModified);
            seen.Add(copied);
        }
        return (new()
        {
            Hash = HashOf(seen),
            Files = [.. seen.Select((file, index) => FeedFolder.NameOf(index, file.Sha256))],
            PublishedAt = dates.Contains(null) ? null : dates.Min(), // a source is not fresher than its stalest part
            FetchedAt = now,
            ConfirmedAt = now,
        }, seen);
    }

    async Task<SeenFile> FetchAsync(LocatedSource source, int index, FeedFolder folder, FeedState state, DateTimeOffset now, CancellationToken cancellation)
    {
        var url = source.Entry.Urls[index];
        var before = state.Seen.FirstOrDefault(file => file.Url == url.Url && File.Exists(folder.PathOf(FeedFolder.NameOf(index, file.Sha256))));
        var asked = before?.Validators is { ETag: null, LastModified: null } ? null : before;
        var incoming = folder.IncomingPathOf(index);
        var fetched = await fetcher.FetchAsync(source.Entry, url, asked?.Validators, incoming, now, cancellation).ConfigureAwait(false);
        if (fetched is null)
        {
            return asked!;
        }
        AtomicFile.Rename(fetched.Path, folder.PathOf(FeedFolder.NameOf(index, fetched.Sha256)));
        return new(url.Url, fetched.Sha256, fetched.Validators);
    }

    // A copy: the operator's file may change, or be cut, while it is read.
    SeenFile CopyLocal(string path, int index, FeedFolder folder)
    {
        var incoming = folder.IncomingPathOf(index);
        using (var file = Open(path))
        {
            if (file.Length > Math.Max(limits.MaxFeedBytes, limits.MaxDatabaseBytes))
            {
                throw new FetchException(FetchFault.TooLarge, $"{path} has {file.Length} bytes.");
            }
            AtomicFile.Write(incoming, file.CopyTo);
        }
        using var written = File.OpenRead(incoming);
        var hash = Convert.ToHexStringLower(SHA256.HashData(written));
        AtomicFile.Rename(incoming, folder.PathOf(FeedFolder.NameOf(index, hash)));
        return new(path, hash, new(null, File.GetLastWriteTimeUtc(path)));
    }

    // The operator's trouble; to write the copy is ours.
    static FileStream Open(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new FetchException(FetchFault.NoFile, $"{path} is missing, a folder without files, or cannot be read.", exception);
        }
    }

    static string HashOf(IEnumerable<SeenFile> files) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join('\n', files.Select(file => file.Sha256)))));
}
