using System.Text.Json;

namespace AcquireInfra.Enrichment.Cli.Tests.Commands;

public sealed class AsnCommandTests
{
    const string Table = """"
        192.0.2.0,192.0.2.127,64496,"Example One, Inc."
        198.51.100.0,198.51.100.255,64497,Example Two
        2001:db8::,2001:db8:0:ffff:ffff:ffff:ffff:ffff,64498,"Example ""Three"""

        """";

    [Fact]
    public async Task AsnBuild_Table_IsReadableThroughACompile()
    {
        using var folder = new TemporaryFolder();
        var built = await BuildAsync(folder, Table);
        Assert.Equal((0, "", "asn.mmdb: 3 ranges of 3 rows, 0 faults"), (built.Code, built.Errors, built.Output.Trim()));
        folder.Write("further.json", ManifestText.AsnTable("asn.mmdb")); // in the place of the bundled table, which is not read
        var compiled = await EnrichProcess.RunAsync("compile", "--sources", folder["further.json"], "--out", folder["out.snapshot"]);
        Assert.Equal((0, ""), (compiled.Code, compiled.Errors));
        Assert.Matches(@"asn-table +asn\.mmdb +\d+ entries  2026-11-24  no faults", compiled.Output);
        var run = await EnrichProcess.RunAsync(
            "lookup", "192.0.2.127", "192.0.2.128", "198.51.100.7", "2001:db8::7", "2001:db9::7",
            "--format", "json", "--snapshot", folder["out.snapshot"]);
        var verdicts = JsonDocument.Parse(run.Output).RootElement.EnumerateArray().ToList();
        Assert.Equal(["64496", "null", "64497", "64498", "null"], verdicts.Select(verdict => verdict.GetProperty("asn").GetRawText()));
        string?[] networks = ["192.0.2.0/25", null, "198.51.100.0/24", "2001:db8::/48", null];
        Assert.Equal(networks, verdicts.Select(verdict => verdict.GetProperty("network").GetString()));
        Assert.Equal("Example One, Inc.", verdicts[0].GetProperty("asnName").GetString());
        Assert.Equal("Example \"Three\"", verdicts[3].GetProperty("asnName").GetString());
    }

    [Fact]
    public async Task AsnBuild_FaultyRows_ExitsWith1AndSaysWhere()
    {
        using var folder = new TemporaryFolder();
        const string Faulty = "192.0.2.9,192.0.2.1,64499,backwards\n203.0.113.0,203.0.113.255,none,no number\nnonsense\n";
        var run = await BuildAsync(folder, Table + Faulty);
        Assert.Equal((1, "asn.mmdb: 3 ranges of 6 rows, 3 faults"), (run.Code, run.Output.Trim()));
        string[] places = ["line 4, column 1: bad_range", "line 5, column 27: bad_asn", "line 6, column 1: bad_range"];
        Assert.Equal(places.Select(place => "enrich: " + place), run.ErrorLines);
    }

    // A date without a zone is UTC on every machine.
    [Fact]
    public async Task AsnBuild_EqualInputInAnotherTimeZone_GivesEqualBytes()
    {
        using var folder = new TemporaryFolder();
        await BuildAsync(folder, Table);
        var first = await File.ReadAllBytesAsync(folder["asn.mmdb"], TestContext.Current.CancellationToken);
        await BuildAsync(folder, Table, "America/New_York");
        Assert.Equal(first, await File.ReadAllBytesAsync(folder["asn.mmdb"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task AsnRoles_BundledData_IsWhatTheBundledFileHolds()
    {
        using var folder = new TemporaryFolder();
        var run = await EnrichProcess.RunAsync("asn", "roles", "--out", folder["asn-roles.csv"]);
        Assert.Equal((0, ""), (run.Code, run.Errors));
        Assert.Matches(@"^\d{5} names were looked at, \d{5} more have a role inferred: access \d+, ", run.OutputLines[0]);
        Assert.Matches(@"^  hosting +\d+ said, +\d+ right, +\d+ there; precision 0\.9\d\d, ", run.OutputLines[3]);
        var bundled = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "data", "asn-roles.csv"), TestContext.Current.CancellationToken);
        Assert.Equal(bundled, await File.ReadAllBytesAsync(folder["asn-roles.csv"], TestContext.Current.CancellationToken));
    }

    static Task<Run> BuildAsync(TemporaryFolder folder, string table, string zone = "UTC") => EnrichProcess.RunWithAsync(
        "", new() { ["TZ"] = zone },
        "asn", "build", folder.Write("table.csv", table), "--built", "2026-11-24", "--description", "Table of this test, MIT",
        "--out", folder["asn.mmdb"]);
}
