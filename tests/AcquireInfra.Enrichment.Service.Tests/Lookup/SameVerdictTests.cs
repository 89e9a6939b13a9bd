using System.Globalization;
using System.Text;
using System.Text.Json;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Feeds.Storage;
using AcquireInfra.Enrichment.Service.Tests.Rpc;

namespace AcquireInfra.Enrichment.Service.Tests.Lookup;

/// <summary>REST single, JSON batch, NDJSON, CSV and the command line say the same of the same address, field by field.</summary>
public sealed class SameVerdictTests(ServiceFixture fixture)
{
    [Fact]
    public async Task Verdicts_TenThousandAddresses_AreTheSameThroughEveryDoor()
    {
        var ips = Addresses().ConvertAll(address => address.ToString());
        var lines = string.Join('\n', ips) + "\n";
        // All in one hour: a verdict is of an hour, and the test may run when it strikes.
        while (true)
        {
            var whole = (await fixture.Rest.BatchAsync(ips.Select(Wire.Quote))).Json;
            var singles = await SinglesAsync(ips);
            var ndjson = await fixture.Rest.PostAsync(Encoding.ASCII.GetBytes(lines), "text/plain");
            var csv = await fixture.Rest.PostAsync(Encoding.ASCII.GetBytes(lines), "text/plain", "?format=csv");
            var judgedAt = whole.GetProperty("judgedAt").GetString()!;
            if (JsonDocument.Parse(ndjson.Text.TrimEnd('\n').Split('\n')[^1]).RootElement.GetProperty("judgedAt").GetString() != judgedAt)
            {
                continue;
            }
            var verdicts = whole.GetProperty("results").EnumerateArray().ToList();
            AssertSame(verdicts, singles);
            AssertSameRows(verdicts, ndjson.Text.TrimEnd('\n').Split('\n')[..^1]);
            AssertSameTable(verdicts, csv.Text.TrimEnd('\n').Split('\n'));
            Assert.Equal(string.Concat(ndjson.Text.Split('\n')[..^2].Select(row => row + "\n")), await ClassifyAsync(lines, "ndjson", judgedAt));
            Assert.Equal(csv.Text, await ClassifyAsync(lines, "csv", judgedAt));
            return;
        }
    }

    static void AssertSame(List<JsonElement> verdicts, List<JsonElement> singles)
    {
        Assert.Equal(verdicts.Count, singles.Count);
        Assert.All(verdicts.Zip(singles), pair => Assert.Equal(pair.First.Members(except: "input"), pair.Second.Members()));
    }

    static void AssertSameRows(List<JsonElement> verdicts, string[] rows)
    {
        Assert.Equal(verdicts.Count, rows.Length);
        var (judged, overridden) = (0, 0);
        foreach (var (verdict, row) in verdicts.Zip(rows))
        {
            var members = verdict.Members().ToHashSet();
            var flat = JsonDocument.Parse(row).RootElement;
            Assert.Equal(25, flat.Members().Count());
            overridden += flat.GetProperty("override").ValueKind == JsonValueKind.Null ? 0 : 1;
            Assert.All(flat.Members(), member => Assert.Contains(member, members));
            judged += flat.GetProperty("score").ValueKind == JsonValueKind.Number && flat.GetProperty("score").GetInt32() > 0 ? 1 : 0;
        }
        Assert.True(judged > 300, $"only {judged} addresses have a score: the test would pass on a constant");
        Assert.True(overridden > 100, $"only {overridden} addresses are overridden");
    }

    // The columns before the names, which need no quotes, and those after, from the end of the row.
    static void AssertSameTable(List<JsonElement> verdicts, string[] table)
    {
        Assert.Equal(verdicts.Count + 1, table.Length);
        var names = table[0].Split(',');
        foreach (var (verdict, row) in verdicts.Zip(table.Skip(1)))
        {
            var fields = row.Split(',');
            for (var column = 0; column < 5; column++)
            {
                Assert.Equal(Show(verdict.GetProperty(names[column])), fields[column]);
            }
            Assert.Contains($",{Show(verdict.GetProperty("verdict"))},{Show(verdict.GetProperty("level"))},{Show(verdict.GetProperty("score"))},{Show(verdict.GetProperty("rawScore"))},{Show(verdict.GetProperty("confidence"))},{Show(verdict.GetProperty("categories"))},", row, StringComparison.Ordinal);
        }
    }

    static string Show(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "",
        JsonValueKind.Array => string.Join(' ', value.EnumerateArray().Select(word => word.GetString())),
        JsonValueKind.Number => value.GetInt64().ToString(CultureInfo.InvariantCulture),
        _ => value.GetString()!,
    };

    async Task<List<JsonElement>> SinglesAsync(List<string> ips)
    {
        var answers = new JsonElement[ips.Count];
        await Parallel.ForAsync(0, ips.Count, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken }, async (at, _) =>
            answers[at] = (await fixture.Rest.LookupAsync(ips[at])).Json);
        return [.. answers];
    }

    async Task<string> ClassifyAsync(string lines, string format, string at)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["ips.txt"], lines, TestContext.Current.CancellationToken);
        var snapshot = new SnapshotStore(fixture.StateFolder).PathOf((await fixture.Rest.FetchAsync("/v1/ip/192.0.2.1")).Json.GetProperty("snapshotId").GetString()!);
        var enrich = Path.Combine(AppContext.BaseDirectory.Replace("tests/AcquireInfra.Enrichment.Service.Tests", "src/AcquireInfra.Enrichment.Cli", StringComparison.Ordinal), "enrich.dll");
        var (code, output) = await NpmTools.RunAsync("dotnet", enrich, "classify", folder["ips.txt"], "--snapshot", snapshot, "--format", format, "--at", at, "--overrides", fixture.OverridesFile);
        Assert.True(code == 0, output[..Math.Min(output.Length, 1_000)]);
        return output;
    }

    static List<Address> Addresses()
    {
        var random = new Random(7);
        var edges = SpecialPurpose.Entries.SelectMany(entry => (Address[])[entry.Prefix.First, entry.Prefix.Last]).ToList();
        var ipv4 = Enumerable.Range(0, 6_000).Select(_ => Address.FromIPv4((uint)random.NextInt64(1L << 32)));
        var ipv6 = Enumerable.Range(0, 4_000 - edges.Count).Select(_ => new Address(0x2000UL << 48 | (ulong)random.NextInt64(0x0FFF_FFFF) << 36 | (ulong)random.NextInt64(1L << 36), (ulong)random.NextInt64()));
        return [.. edges, .. ipv4, .. ipv6];
    }
}
