using System.Text;
using AcquireInfra.Enrichment.Overriding;
using AcquireInfra.Enrichment.Tests.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Tests.Overriding;

public sealed class OverridesCsvTests
{
    const string HalfAPair = "(half a surrogate pair, which the name of a test cannot hold)";

    const string Good = "a,9.8.7.6,block,,,Why,Who,2026-09-01T00:00:00Z";

    [Fact]
    public void Write_HostileTexts_ReadBackTheSame()
    {
        Override[] entries =
        [
            SampleOverrides.On("a", "9.8.7.0/24", OverrideEffect.Suppress, Category.Vpn, Category.Tor) with { Reason = "=cmd|' /C calc'!A0, \"quoted\"", Owner = "@home" },
            SampleOverrides.On("b", "2a0f::1", OverrideEffect.Block) with { Reason = "<script>alert(1)</script>" },
            SampleOverrides.On("-c", "AS64500", OverrideEffect.Allow, Category.Tor) with { Owner = "Zoë, team 'blue'" },
            SampleOverrides.On("d", "provider:A, \"B\"", OverrideEffect.Tag) with { Tag = "-tag" },
        ];
        var csv = OverridesCsv.Write(entries);
        Assert.Contains("'=cmd|", Encoding.UTF8.GetString(csv), StringComparison.Ordinal);
        var (rows, faults) = (Read(Encoding.UTF8.GetString(csv), out var rowFaults), new List<OverrideFault>());
        Assert.Empty(rowFaults);
        Assert.Equal(entries, rows.Select(row => OverrideRules.Read(row.Entry, row.Entry.Id!, 1, faults)!));
        Assert.Equal([2, 3, 4, 5], rows.Select(row => row.Line));
    }

    [Theory]
    [InlineData("a,9.8.7.6,block,,,Why,Who", 3, "row: 'a,9.8.7.6,block,,,Why,Who' has 7 fields and not 8: id,target,effect,categories,tag,reason,owner,expiresAt.")]
    [InlineData("a,9.8.7,block,,,Why,Who,2026-09-01T00:00:00Z", 3, "target: '9.8.7' ")]
    [InlineData("a,9.8.7.6/24,block,,,Why,Who,2026-09-01T00:00:00Z", 3, "target: '9.8.7.6/24' has address bits behind its length; the prefix of that length is 9.8.7.0/24.")]
    [InlineData("a,9.8.7.6,block,,,\"Why,Who,2026-09-01T00:00:00Z", 3, "has a quoted field that does not end on its line.")]
    [InlineData("a,provider:,block,,,Why,Who,2026-09-01T00:00:00Z", 3, "target: 'provider:' is no provider")]
    [InlineData("a,AS0,block,,,Why,Who,2026-09-01T00:00:00Z", 3, "target: 'AS0' is no ASN")]
    public void Read_BadRow_SaysLineGivenAndExpected(string row, int line, string expected)
    {
        var rows = Read($"# ours\n{OverridesCsv.Header}\n{row}\n\n{Good}\n", out var faults);
        Assert.Single(rows);
        Assert.StartsWith($"Line {line}, ", Assert.Single(faults).ToString(), StringComparison.Ordinal);
        Assert.Contains(expected, faults[0].ToString(), StringComparison.Ordinal);
    }

    [Theory, InlineData(Good), InlineData("id,target\n" + Good)]
    public void Read_NoHeader_IsOneFault(string csv)
    {
        Assert.Empty(Read(csv, out var faults));
        Assert.Equal("header", Assert.Single(faults).Fault.Field);
    }

    [Theory, InlineData("\uFEFF"), InlineData("\r\n# x\r\n")]
    public void Read_FileOfASpreadsheet_IsRead(string before) =>
        Assert.Single(Read($"{before}{OverridesCsv.Header}\r\n{Good}\r\n", out _));

    [Theory]
    [InlineData("id", "a b")]
    [InlineData("effect", "deny")]
    [InlineData("categories", "vpns")]
    [InlineData("tag", "two words")]
    [InlineData("reason", "")]
    [InlineData("reason", " ")]
    [InlineData("reason", "a\u0007b")]
    [InlineData("reason", "a\nb")]
    [InlineData("reason", "a\u202Eb")]
    [InlineData("reason", "a\u2028b")]
    [InlineData("reason", HalfAPair)]
    [InlineData("owner", "a\u001b[31mb")]
    [InlineData("owner", "")]
    [InlineData("expiresAt", "2026-09-01")]
    [InlineData("expiresAt", "2026-09-01T00:00:00+02:00")]
    [InlineData("expiresAt", "2026-09-01T00:00:00.5Z")]
    public void Rules_BadField_IsNamed(string field, string value)
    {
        value = value == HalfAPair ? "a\uD800b" : value;
        OverrideEntry entry = new("a", new(Ip: "9.8.7.6"), "suppress", ["vpn"], null, "Why", "Who", "2026-09-01T00:00:00Z");
        entry = field switch
        {
            "id" => entry with { Id = value },
            "effect" => entry with { Effect = value },
            "categories" => entry with { Categories = [value] },
            "tag" => entry with { Effect = "tag", Categories = [], Tag = value },
            "reason" => entry with { Reason = value },
            "owner" => entry with { Owner = value },
            _ => entry with { ExpiresAt = value },
        };
        var faults = new List<OverrideFault>();
        Assert.Null(OverrideRules.Read(entry, entry.Id!, 1, faults));
        var fault = Assert.Single(faults);
        Assert.Equal((field, value), (fault.Field, fault.Given));
        Assert.DoesNotContain(fault.ToString(), character => char.IsControl(character) || character > '~');
    }

    [Theory]
    [InlineData("10.0.0.0/8", "special-purpose")]
    [InlineData("192.0.2.7/32", "special-purpose")]
    [InlineData("2001:db8::/32", "special-purpose")]
    [InlineData("0.0.0.0/7", "too wide")]
    [InlineData("2000::/3", "too wide")]
    public void Rules_SpaceThatIsNotJudged_IsRefused(string prefix, string expected)
    {
        var faults = new List<OverrideFault>();
        OverrideRules.Read(new("a", new(Prefix: prefix), "block", Reason: "Why", Owner: "Who", ExpiresAt: "2026-09-01T00:00:00Z"), "a", 1, faults);
        Assert.Contains(expected, Assert.Single(faults).Expected, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("suppress", null, null, "categories")]
    [InlineData("block", "vpn", null, "categories")]
    [InlineData("allow", "vpn", null, "categories")]
    [InlineData("allow", "tor", "x", "tag")]
    [InlineData("tag", null, null, "tag")]
    public void Rules_FieldThatIsNotOfTheEffect_IsRefused(string effect, string? category, string? tag, string field)
    {
        var faults = new List<OverrideFault>();
        OverrideRules.Read(new("a", new(Asn: 64500), effect, category is null ? null : [category], tag, "Why", "Who", "2026-09-01T00:00:00Z"), "a", 1, faults);
        Assert.Equal(field, Assert.Single(faults).Field);
    }

    [Theory, InlineData(0, false), InlineData(1, true), InlineData(400 * 86_400, true), InlineData(400 * 86_400 + 1, false)]
    public void Rules_Expiry_LiesAheadAtMost400Days(int seconds, bool isGood) =>
        Assert.Equal(isGood, OverrideRules.ExpiryFault(TestSources.Day.AddSeconds(seconds), TestSources.Day) is null);

    static IReadOnlyList<OverrideRow> Read(string csv, out List<OverrideRowFault> faults) => OverridesCsv.Read(Encoding.UTF8.GetBytes(csv), faults = []);
}
