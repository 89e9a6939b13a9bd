using System.Diagnostics;
using System.Net;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Tests.Snapshots;
using AcquireInfra.Enrichment.Verdicts;
using MaxMind.Db;

namespace AcquireInfra.Enrichment.Tests.Exports;

/// <summary>Readers that are not ours, MaxMind's own for .NET and in C, find what the judge of the export says.</summary>
public sealed class EnrichmentMmdbTests
{
    static readonly Judge Live = ExportSample.JudgeOf(ExportSample.Sources("proxies"));
    static readonly Judge Export = Live.ForExport();
    static readonly byte[] Database = ExportSample.Bytes(SnapshotExport.Mmdb, Live);

    [Fact]
    public void Write_TenThousandAddresses_ReaderFindsTheVerdict()
    {
        using var file = new TemporaryFile(Database);
        using var reader = new Reader(file.Path);
        var (found, absent) = (0, 0);
        foreach (var address in ExportSample.Probes(seed: 6, count: 10_000).Where(IsWritten))
        {
            var record = reader.Find<Dictionary<string, object>>(IPAddress.Parse(address.ToString()));
            Assert.Equal(ExpectedOf(address), record is null ? null : Shown(record));
            found += record is null ? 0 : 1;
            absent += record is null ? 1 : 0;
        }
        Assert.True(found > 4_000 && absent > 500, $"{found} found, {absent} not");
    }

    [Fact]
    public async Task Write_Mmdblookup_FindsTheVerdict()
    {
        using var file = new TemporaryFile(Database);
        var found = 0;
        foreach (var address in ExportSample.Probes(seed: 7, count: 150).Where(IsWritten))
        {
            var facts = ExportSample.FactsOf(Export, address);
            var expected = ExpectedOf(address) is null ? "" : facts.Verdict.Kind.Word();
            Assert.Equal(expected, await MmdblookupAsync(file.Path, address));
            found += expected.Length > 0 ? 1 : 0;
        }
        Assert.True(found > 50, $"only {found} found");
    }

    // What ASN readers ask for, and no more.
    [Fact]
    public void Write_AsnReader_FindsNumberAndOrganisation()
    {
        using var file = new TemporaryFile(Database);
        using var reader = new Reader(file.Path);
        var address = ExportSample.Probes(8, 500).First(address => ExportSample.FactsOf(Export, address).Asn?.Asn.Number == 64500);
        var record = reader.Find<Dictionary<string, object>>(IPAddress.Parse(address.ToString()))!;
        Assert.Equal((64500L, "@Name of 64500, \"quoted\""), (record["autonomous_system_number"], record["autonomous_system_organization"]));
    }

    [Fact]
    public void Write_Metadata_NamesTheDataAndWhomItOwes()
    {
        using var file = new TemporaryFile(Database);
        using var reader = new Reader(file.Path);
        Assert.Equal(("AcquireInfra-Enrichment", TestSources.Day.UtcDateTime, 6), (reader.Metadata.DatabaseType, reader.Metadata.BuildDate.ToUniversalTime(), reader.Metadata.IPVersion));
        Assert.All(AttributionText.LinesOf(Live), line => Assert.Contains(line, reader.Metadata.Description["en"], StringComparison.Ordinal));
    }

    [Fact]
    public void Write_Twice_GivesEqualBytes() =>
        Assert.Equal(Database, ExportSample.Bytes(SnapshotExport.Mmdb, ExportSample.JudgeOf(ExportSample.Sources("proxies"), TestSources.Day.AddDays(90))));

    [Fact]
    public void Write_EmptySnapshot_IsReadable()
    {
        using var file = new TemporaryFile(ExportSample.Bytes(SnapshotExport.Mmdb, ExportSample.JudgeOf([])));
        using var reader = new Reader(file.Path);
        Assert.Null(reader.Find<Dictionary<string, object>>(IPAddress.Parse("192.0.2.7")));
    }

    // ::/96 is where IPv4 lies in the file, and ::ffff:0:0/96 with what is beside it leads there.
    static bool IsWritten(Address address) => address.IsIPv4 || address.Value >> 48 != 0;

    static async Task<string> MmdblookupAsync(string database, Address address)
    {
        var start = new ProcessStartInfo("mmdblookup", ["--file", database, "--ip", address.ToString(), "verdict"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        var text = (await output).Trim();
        return text.Length == 0 && (await errors).Contains("Could not find an entry", StringComparison.Ordinal) ? "" : text.Split('"')[1];
    }

    // Names and values, sorted; plainly, from the judge.
    static string? ExpectedOf(Address address)
    {
        var (verdict, asn, provider, categories, _) = ExportSample.FactsOf(Export, address);
        if (asn is null && categories.Count == 0)
        {
            return null;
        }
        var record = new Dictionary<string, object?>
        {
            ["autonomous_system_number"] = asn is null ? null : (long)asn.Asn.Number,
            ["autonomous_system_organization"] = asn?.Name,
            ["network_role"] = asn is null or { Role: AsnRole.Unknown } ? null : asn.Role.Word(),
            ["verdict"] = verdict.Kind.Word(),
            ["provider"] = provider,
        };
        if (!verdict.IsSpecial)
        {
            record["level"] = verdict.Level.Word();
            record["score"] = verdict.Score;
            record["categories"] = categories.Select(category => (object)category.Word()).ToList();
            foreach (var category in Enum.GetValues<Category>().Where(category => category is not (Category.Abuse or Category.Scanner or Category.EnterpriseGateway) && category <= Category.Mobile))
            {
                var name = category == Category.ResidentialProxy ? "is_residential_proxy" : "is_" + category.Word();
                record[name] = verdict.Is(category);
            }
        }
        return Shown(record.Where(pair => pair.Value is not null).ToDictionary(pair => pair.Key, pair => pair.Value!));
    }

    static string Shown(Dictionary<string, object> record) => string.Join("; ", record.OrderBy(pair => pair.Key, StringComparer.Ordinal)
        .Select(pair => $"{pair.Key}={(pair.Value is List<object> list ? string.Join(' ', list) : pair.Value)}"));
}
