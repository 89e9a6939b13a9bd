using System.Security.Cryptography;
using AcquireInfra.Enrichment.Compilation;
using AcquireInfra.Enrichment.Feeds.Manifest;
using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Feeds.Loading;

/// <summary>One file of a source and what it gave.</summary>
public sealed record LoadedFile(string SourceId, string Path, FeedContent Content);

/// <summary>Sources read from disk, ready to compile.</summary>
public sealed record LoadedSources(IReadOnlyList<CompilerSource> Sources, IReadOnlyList<LoadedFile> Files);

/// <summary>A source of a manifest with the files it stands for.</summary>
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

    /// <summary>Reads and parses. Faulty records are counted and the rest is taken; a file that is not what it should be is an error.</summary>
    /// <param name="scratchFolder">Where private copies of databases are mapped from; created when missing.</param>
    /// <exception cref="SourceException">A file is missing, does not fit its format, or has no date.</exception>
    /// <exception cref="IOException">A file cannot be read, or the scratch folder written.</exception>
    public static LoadedSources Load(IReadOnlyList<LocatedSource> sources, FeedLimits limits, string scratchFolder)
    {
        var loaded = new (CompilerSource Source, IReadOnlyList<LoadedFile> Files)[sources.Count];
        try
        {
            Parallel.For(0, sources.Count, at => loaded[at] = LoadOne(sources[at], limits, scratchFolder));
        }
        catch (AggregateException exception) when (exception.InnerExceptions.OfType<SourceException>().FirstOrDefault() is { } first)
        {
            throw first;
        }
        catch (AggregateException exception) when (exception.InnerExceptions.FirstOrDefault(IsOfTheWorld) is { } first)
        {
            throw new IOException(first.Message, exception); // callers answer for a full disk, and know nothing of our threads
        }
        return new([.. loaded.Select(pair => pair.Source)], [.. loaded.SelectMany(pair => pair.Files)]);
    }

    static bool IsOfTheWorld(Exception exception) => exception is IOException or UnauthorizedAccessException;

    static (CompilerSource Source, IReadOnlyList<LoadedFile> Files) LoadOne(LocatedSource source, FeedLimits limits, string scratchFolder)
    {
        var (entry, paths) = source;
        var roles = new List<AsnRoleRow>();
        var contents = paths.Select(path => Read(entry, path, LimitsFor(entry, limits), scratchFolder, roles)).ToList();
        var files = paths.Zip(contents, (path, content) => new LoadedFile(entry.Id, path, content)).ToList();
        return (new(InfoOf(entry, contents, roles.Count), contents, roles), files);
    }

    /// <summary>SHA-256 over what a compilation depends on: each file's name and bytes, and whatever else the caller names.</summary>
    public static string HashOf(IReadOnlyList<LocatedSource> sources, params ReadOnlySpan<string> others)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var other in others)
        {
            hash.AppendData(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(other)));
        }
        foreach (var path in sources.SelectMany(source => source.Files))
        {
            hash.AppendData(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Path.GetFileName(path))));
            if (File.Exists(path))
            {
                using var file = File.OpenRead(path);
                hash.AppendData(SHA256.HashData(file));
            }
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // Announced prefixes are as wide as they are announced: 2002::/16 is in every table.
    static FeedLimits LimitsFor(SourceEntry entry, FeedLimits limits) =>
        entry.Kind == SourceKind.AsnTable ? limits with { MinIPv6Length = Math.Min(limits.MinIPv6Length, 16) } : limits;

    static FeedContent Read(SourceEntry entry, string path, FeedLimits limits, string scratchFolder, List<AsnRoleRow> roles)
    {
        if (!File.Exists(path))
        {
            throw new SourceException(entry.Id, $"there is no {path}.", null);
        }
        try
        {
            var asWritten = entry.Format is { } given ? given with { IsAsnTable = entry.Kind == SourceKind.AsnTable } : null;
            if (asWritten is { Syntax: FeedSyntax.MaxMindDb } database)
            {
                using var copy = new PrivateCopy(path, scratchFolder);
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
        catch (Exception exception) when (exception is FormatException or InvalidDataException)
        {
            throw new SourceException(entry.Id, $"{path}: {exception.Message}", exception);
        }
    }

    static SourceInfo InfoOf(SourceEntry entry, List<FeedContent> contents, int roles)
    {
        // The oldest of its files: a source is not fresher than its stalest part.
        var asOf = contents.Select(content => content.AsOf ?? entry.AsOf).Min()
            ?? throw new SourceException(entry.Id, "its files state no date; give asOf.", null);
        var covers = entry.Covers ?? (entry.Format?.CategoryFlags.Count > 0 ? [.. entry.Format.CategoryFlags.Values.Distinct()] : entry.Categories);
        return new SourceInfo
        {
            Id = entry.Id,
            Name = entry.Name,
            Kind = entry.Kind,
            Family = entry.Family ?? entry.Id,
            Categories = entry.Categories,
            Covers = covers,
            Provider = entry.Provider,
            IPv4 = contents.Any(content => HasFamily(content, isIPv4: true)) || roles > 0,
            IPv6 = contents.Any(content => HasFamily(content, isIPv4: false)) || roles > 0,
            Reliability = entry.Reliability,
            ReliabilityByCategory = entry.ReliabilityByCategory,
            Authoritative = entry.Authoritative,
            Exportable = entry.Exportable,
            Licence = entry.Licence,
            Attribution = entry.Attribution,
            Homepage = entry.Homepage,
            AsOf = asOf.ToUniversalTime(),
            HoldOff = entry.HoldOffDays is { } holdOff ? TimeSpan.FromDays(holdOff) : null,
            MaxAge = entry.MaxAgeDays is { } maxAge ? TimeSpan.FromDays(maxAge) : null,
            Entries = contents.Sum(content => content.Entries.Length + content.Asns.Length) + roles,
            Faults = contents.Sum(content => content.FaultCount),
        };
    }

    // A list of ASNs speaks for both families.
    static bool HasFamily(FeedContent content, bool isIPv4)
    {
        foreach (var entry in content.Entries)
        {
            if (entry.Prefix.IsIPv4 == isIPv4)
            {
                return true;
            }
        }
        return content.Asns.Length > 0;
    }
}
