using System.Diagnostics;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Parsing;

namespace AcquireInfra.Enrichment.Tests.Parsing;

/// <summary>
/// 2,000 seeded mutations of a valid feed of each format: an answer within a second, never an exception that the caller does not
/// expect, and nothing in the answer that the limits forbid.
/// </summary>
public sealed class HostileBytesTests : IDisposable
{
    const int Rounds = 2_000;

    // Tight, so that mutations reach them.
    static readonly FeedLimits Limits = new()
    {
        MaxFeedBytes = 700,
        MaxLineBytes = 200,
        MaxEntries = 30,
        MaxLocatedFaults = 5,
        MaxNameCharacters = 12,
    };

    static readonly FeedFormat Mmdb = new() { Syntax = FeedSyntax.MaxMindDb, AllowSpecialPurpose = true };

    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hostile-bytes-");

    public static TheoryData<FeedSample> Samples => [.. FeedSamples.All];

    public static TheoryData<FeedSample> Databases =>
    [
        new FeedSample("mmdb, ASNs", Mmdb with { Asn = ["autonomous_system_number"], Name = "autonomous_system_organization" },
            AsnDatabase()),
        new FeedSample("mmdb, flags", Mmdb with { CategoryFlags = new Dictionary<string, string> { ["v"] = "vpn" }, Provider = "by.name" },
            FlagDatabase()),
    ];

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory, MemberData(nameof(Samples))]
    public void Parse_MutatedFeed_AnswersSanely(FeedSample sample) => Run(sample, mostMutations: 4, (bytes, limits) =>
    {
        try
        {
            return ParseCase.Parse(sample.Format, bytes, limits);
        }
        catch (FormatException) when (sample.Format.Header) // a header that lacks the columns
        {
            return null;
        }
    });

    [Theory, MemberData(nameof(Databases))]
    public void ParseMmdb_MutatedDatabase_AnswersSanely(FeedSample sample) => Run(sample, mostMutations: 1, (bytes, limits) =>
    {
        var path = Path.Combine(_folder.FullName, $"{Guid.NewGuid():N}.mmdb");
        File.WriteAllBytes(path, bytes);
        try
        {
            return FeedParser.ParseMmdb(path, sample.Format, limits);
        }
        catch (InvalidDataException)
        {
            return null;
        }
        finally
        {
            File.Delete(path);
        }
    });

    static void Run(FeedSample sample, int mostMutations, Func<byte[], FeedLimits, FeedContent?> parse)
    {
        var random = new Random(20261124);
        var (withEntries, withFaults) = (0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = Mutations.Of(sample.Bytes, random, mostMutations);
            var about = $"{sample.Name}, round {round}: {Convert.ToBase64String(bytes)}";
            var began = Stopwatch.GetTimestamp();
            var content = Record(() => parse(bytes, Limits), about);
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(1), $"slow: {about}");
            var again = Record(() => parse(bytes, Limits with { BufferBytes = random.Next(1, 80) }), about);
            Assert.True((content is null ? "" : Shown.All(content)) == (again is null ? "" : Shown.All(again)),
                $"another answer the second time: {about}");
            if (content is not null)
            {
                AssertSane(content, sample.Format, bytes, about);
                withEntries += content.Entries.Length + content.Asns.Length > 0 ? 1 : 0;
                withFaults += content.FaultCount > 0 ? 1 : 0;
            }
            else
            {
                withFaults++;
            }
        }
        Assert.True(withEntries > Rounds / 20 && withFaults > Rounds / 20,
            $"{withEntries} with entries, {withFaults} with faults: one side is not tested");
    }

    static FeedContent? Record(Func<FeedContent?> parse, string about)
    {
        try
        {
            return parse();
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"{exception.GetType().Name}: {about}", exception);
        }
    }

    static void AssertSane(FeedContent content, FeedFormat format, byte[] bytes, string about)
    {
        Assert.True(content.Entries.Length + content.Asns.Length <= Limits.MaxEntries, about);
        foreach (var entry in content.Entries)
        {
            var prefix = entry.Prefix;
            Assert.True(prefix.Length >= (prefix.IsIPv4 ? Limits.MinIPv4Length : Limits.MinIPv6Length), about);
            Assert.True(prefix == Prefix.Create(prefix.Network, prefix.Length), about); // no host bits
            Assert.True(format.AllowSpecialPurpose || !SpecialPurpose.Overlaps(prefix), about);
            Assert.True((uint)entry.Label < (uint)content.Labels.Count, about);
        }
        Assert.True(content.Labels.All(label => label.Confidence is >= 1 and <= 100), about);
        foreach (var name in content.AsnNames.Values.Concat(content.Labels.Select(label => label.Provider ?? "")))
        {
            Assert.True(name.Length <= Limits.MaxNameCharacters && !name.Any(char.IsControl), about);
        }
        Assert.True(content.Errors.Count <= Limits.MaxLocatedFaults && content.Errors.Count <= content.FaultCount, about);
        var lines = bytes.Count(octet => octet == '\n') + 1;
        Assert.True(content.Errors.All(error => error.Fault != FeedFault.None && error.Line <= lines && error.Column <= bytes.Length + 1),
            about);
        Assert.True(content.Errors.All(error => (error.Line == 0) == (error.Column == 0) && error is { Line: >= 0, Column: >= 0 }), about);
    }

    static byte[] AsnDatabase()
    {
        using var stream = new MemoryStream();
        (string First, string Last)[] rows =
            [("192.0.2.0", "192.0.2.9"), ("198.51.100.0", "198.51.100.255"), ("2001:db8::", "2001:db8::ffff")];
        var ranges = rows.Select((row, at) =>
        {
            AddressRange.TryCreate(Address.Parse(row.First), Address.Parse(row.Last), out var range);
            return new AsnRange(range, new Asn(64496 + (uint)at), $"Name {at}");
        });
        AsnMmdbWriter.Write([.. ranges], "test", DateTimeOffset.UnixEpoch.AddYears(56), stream);
        return stream.ToArray();
    }

    static byte[] FlagDatabase() => new MmdbBuilder(recordBits: 28)
        .Add("192.0.2.0/24", new Dictionary<string, object> { ["v"] = true, ["by"] = new Dictionary<string, object> { ["name"] = "Acme" } })
        .Add("198.51.100.0/24", new Dictionary<string, object> { ["v"] = "true", ["list"] = new object[] { 1u, 2.5 } })
        .Add("2001:db8::/32", new Dictionary<string, object> { ["v"] = 1u })
        .Alias("::ffff:0:0/96").Alias("2002::/16").ToBytes();
}
