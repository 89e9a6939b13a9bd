using System.Net;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Tests.Lookup;
using AcquireInfra.Enrichment.Tests.Snapshots;
using MaxMind.Db;

namespace AcquireInfra.Enrichment.Tests.Exports;

/// <summary>What our writer writes, MaxMind's own reader reads: the reader is the oracle.</summary>
public sealed class AsnMmdbWriterTests
{
    static readonly DateTimeOffset Built = new(2026, 6, 17, 19, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1, 24), InlineData(2, 28), InlineData(3, 32)]
    public void Write_RandomRanges_ReaderAgreesOnEveryEdge(int seed, int recordBits)
    {
        var ranges = RandomRanges(new Random(seed));
        using var file = new TemporaryFile(Bytes(ranges, recordBits));
        using var reader = new Reader(file.Path);
        var found = 0;
        foreach (var row in ranges)
        {
            var middle = Address.FromUInt128(row.Range.First.Value + (row.Range.Last.Value - row.Range.First.Value) / 2);
            foreach (var address in (Address[])[row.Range.First, middle, row.Range.Last])
            {
                Assert.Equal((row.Asn.Number, row.Name), Find(reader, address));
                found++;
            }
        }
        foreach (var gap in Gaps(ranges))
        {
            Assert.Null(Find(reader, gap));
        }
        Assert.True(found > 1_000);
    }

    [Fact]
    public void Write_IPv4_IsFoundUnderMappedPrefixAndUnderNoOther()
    {
        var ranges = Parse("192.0.2.0,192.0.2.255,64500,Example\n2002::,2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff,64501,Sixtofour\n");
        using var file = new TemporaryFile(Bytes(ranges, 24));
        using var reader = new Reader(file.Path);
        Assert.Equal((64500u, "Example"), Find(reader, "::ffff:192.0.2.7"));
        Assert.Equal((64500u, "Example"), Find(reader, "::192.0.2.7"));               // under ::/96, where IPv4 lives
        Assert.Equal((64501u, "Sixtofour"), Find(reader, "2002:c000:207::1"));        // the table's own row, no alias
        Assert.Null(Find(reader, "2001:0:c000:207::1"));                              // nor one for Teredo
    }

    [Fact]
    public void Write_Metadata_SaysWhatReadersAskFor()
    {
        using var file = new TemporaryFile(Bytes(Parse("192.0.2.0,192.0.2.255,64500,Example\n"), 24));
        using var reader = new Reader(file.Path);
        var metadata = reader.Metadata;
        Assert.Equal((6, 2, "AcquireInfra-ASN"), (metadata.IPVersion, metadata.BinaryFormatMajorVersion, metadata.DatabaseType));
        Assert.Equal(Built.UtcDateTime, metadata.BuildDate.ToUniversalTime());
        Assert.Equal("A test", metadata.Description["en"]);
    }

    [Fact]
    public void Write_Twice_GivesEqualBytes() =>
        Assert.Equal(Bytes(RandomRanges(new Random(7)), 24), Bytes(RandomRanges(new Random(7)), 24));

    [Fact]
    public void Write_AdjacentRangesOfOneAsn_AreOneNetwork()
    {
        var split = Bytes(Parse("192.0.2.0,192.0.2.127,64500,Example\n192.0.2.128,192.0.2.255,64500,Example\n"), 24);
        Assert.Equal(Bytes(Parse("192.0.2.0,192.0.2.255,64500,Example\n"), 24), split);
    }

    [Theory]
    [InlineData("")]                                                                  // nothing at all
    [InlineData("0.0.0.0,255.255.255.255,64500,All of IPv4\n")]
    [InlineData("::,ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,64500,Everything\n")]
    public void Write_DegenerateTable_IsReadable(string csv)
    {
        var ranges = Parse(csv);
        using var file = new TemporaryFile(Bytes(ranges, 24));
        using var reader = new Reader(file.Path);
        Assert.Equal(csv.Length > 0 ? 64500u : (uint?)null, Find(reader, "192.0.2.7")?.Asn);
    }

    static byte[] Bytes(List<AsnRange> ranges, int recordBits)
    {
        using var bytes = new MemoryStream();
        AsnMmdbWriter.Write(ranges, "A test", Built, bytes, recordBits);
        return bytes.ToArray();
    }

    static List<AsnRange> Parse(string csv)
    {
        using var bytes = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(csv));
        var ranges = AsnTableParser.Parse([bytes], FeedLimits.Default, out var faults);
        Assert.Equal(0, faults.FaultCount);
        return ranges;
    }

    // Disjoint ranges of both families, many of them no prefix, with gaps between some.
    static List<AsnRange> RandomRanges(Random random)
    {
        var ranges = new List<AsnRange>();
        foreach (var isIPv6 in (bool[])[false, true])
        {
            var edges = Enumerable.Range(0, 600).Select(_ => RandomPrefixes.RandomAddress(random, isIPv6)).Distinct().Order().ToList();
            for (var at = 0; at + 1 < edges.Count; at += random.Next(1, 3))
            {
                AddressRange.TryCreate(edges[at], Address.FromUInt128(edges[at + 1].Value - 1), out var range);
                var asn = 64496 + (uint)random.Next(16);
                ranges.Add(new(range, new Asn(asn), $"Name of {asn}, \"quoted\" äöü"));
            }
        }
        ranges.Sort(static (left, right) => left.Range.First.CompareTo(right.Range.First));
        return ranges;
    }

    static IEnumerable<Address> Gaps(List<AsnRange> ranges)
    {
        for (var at = 0; at + 1 < ranges.Count; at++)
        {
            var after = Address.FromUInt128(ranges[at].Range.Last.Value + 1);
            if (after.IsIPv4 == ranges[at].Range.First.IsIPv4 && after != ranges[at + 1].Range.First)
            {
                yield return after;
            }
        }
    }

    static (uint Asn, string Name)? Find(Reader reader, Address address) => Find(reader, address.ToString());

    static (uint Asn, string Name)? Find(Reader reader, string address) =>
        reader.Find<Dictionary<string, object>>(IPAddress.Parse(address)) is { } record
            ? (Convert.ToUInt32(record["autonomous_system_number"], null), (string)record["autonomous_system_organization"])
            : null;
}
