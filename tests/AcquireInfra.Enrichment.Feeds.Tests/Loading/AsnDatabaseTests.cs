using System.Diagnostics;
using System.Globalization;
using System.Net;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Parsing;
using MaxMind.Db;

namespace AcquireInfra.Enrichment.Feeds.Tests.Loading;

/// <summary>The bundled ASN database against the package it is made from.</summary>
[Trait("Needs", "asn-package")]
public sealed class AsnDatabaseTests(BundledSnapshot bundled) : IClassFixture<BundledSnapshot>
{
    static readonly List<AsnRange> Ranges = ReadPackage();

    static List<AsnRange> ReadPackage()
    {
        using var ipv4 = File.OpenRead(Path.Combine(Repository.AsnPackage, "asn-ipv4.csv"));
        using var ipv6 = File.OpenRead(Path.Combine(Repository.AsnPackage, "asn-ipv6.csv"));
        var ranges = AsnTableParser.Parse([ipv4, ipv6], FeedLimits.Default, out var faults);
        Assert.Equal((515_158, 0), (faults.Records, faults.FaultCount));
        return ranges;
    }

    [Fact]
    public void Bundled_RebuiltFromThePackage_IsTheSameByteForByte()
    {
        // The description and date stand in the file, so they are read from it; the command is in data/README.md.
        using var reader = new Reader(Path.Combine(Repository.Data, "asn.mmdb"));
        using var rebuilt = new MemoryStream();
        AsnMmdbWriter.Write(Ranges, reader.Metadata.Description["en"], reader.Metadata.BuildDate, rebuilt);
        Assert.True(rebuilt.ToArray().AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(Repository.Data, "asn.mmdb"))));
    }

    [Fact]
    public void MaxMindReader_EveryRange_AgreesAtFirstAndLastAddress()
    {
        using var reader = new Reader(Path.Combine(Repository.Data, "asn.mmdb"), FileAccessMode.Memory);
        foreach (var row in Ranges)
        {
            Assert.Equal((row.Asn.Number, row.Name), Find(reader, row.Range.First));
            Assert.Equal((row.Asn.Number, row.Name), Find(reader, row.Range.Last));
        }
    }

    [Fact]
    public void Snapshot_EveryRange_AgreesAtFirstMiddleAndLastAddress()
    {
        var snapshot = bundled.Snapshot;
        foreach (var row in Ranges)
        {
            var middle = Address.FromUInt128(row.Range.First.Value + (row.Range.Last.Value - row.Range.First.Value) / 2);
            foreach (var address in (Address[])[row.Range.First, middle, row.Range.Last])
            {
                var profile = snapshot.ProfileAt(snapshot.Find(address));
                var asn = snapshot.AsnOf(profile);
                Assert.True(asn?.Asn == row.Asn && asn.Name == row.Name, $"{address}: {asn} and not {row.Asn} {row.Name}");
                Assert.True(row.Range.Contains(Prefix.Create(address, profile.NetworkLength).First) || IsJoined(row, profile.NetworkLength, address));
            }
        }
    }

    // Neighbouring ranges of one ASN are one network in the database.
    static bool IsJoined(AsnRange row, int length, Address address) =>
        Ranges.Any(other => other.Asn == row.Asn && other.Range.Contains(Prefix.Create(address, length).First));

    [Fact]
    public void Mmdblookup_ASampleOfRanges_Agrees()
    {
        var random = new Random(20261124);
        for (var round = 0; round < 150; round++)
        {
            var row = Ranges[random.Next(Ranges.Count)];
            foreach (var address in (Address[])[row.Range.First, row.Range.Last])
            {
                Assert.Equal(row.Asn.Number, Mmdblookup(address, "autonomous_system_number", "<uint32>"));
            }
        }
    }

    static uint Mmdblookup(Address address, string field, string type)
    {
        var start = new ProcessStartInfo("mmdblookup", ["--file", Path.Combine(Repository.Data, "asn.mmdb"), "--ip", address.ToString(), field])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(10_000));
        return uint.Parse(output.Replace(type, "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
    }

    static (uint, string) Find(Reader reader, Address address)
    {
        var record = reader.Find<Dictionary<string, object>>(IPAddress.Parse(address.ToString()));
        Assert.NotNull(record);
        return (Convert.ToUInt32(record["autonomous_system_number"], CultureInfo.InvariantCulture), (string)record["autonomous_system_organization"]);
    }
}
