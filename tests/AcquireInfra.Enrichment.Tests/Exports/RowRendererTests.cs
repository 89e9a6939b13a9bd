using System.Buffers;
using System.Text;
using System.Text.Json;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Tests.Lookup;
using AcquireInfra.Enrichment.Tests.Snapshots;
using AcquireInfra.Enrichment.Tests.Verdicts;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Tests.Exports;

public sealed class RowRendererTests
{
    static readonly Judge Judge = new(
        TestSources.Open(
            TestSources.AsnTable("9.1.0.0,9.1.255.255,64500,\"=cmd|' /C calc'!A0, \"\"Ltd\"\"\"\n9.2.0.0,9.3.255.255,64501,Plain Name\n2a0f::,2a0f:0:ffff:ffff:ffff:ffff:ffff:ffff,64501,Plain Name\n"),
            TestSources.Roles("64501,hosting,Brand,certain,\n"),
            TestSources.Prefixes("vpns", "vpn", "9.1.1.0/24\n9.2.2.2\n2a0f:0:1::/48"),
            TestSources.Prefixes("relays", "relay", "9.1.1.128/25")),
        TestPolicy.Bundled, TestSources.Day);

    static readonly string[] Inputs =
    [
        "9.1.1.1", "9.1.1.200", "9.2.2.2", "9.2.2.3", "9.9.9.9", "2a0f:0:1::1", "2a0f:0:2::1", "2a0e::1", "10.0.0.1", "fe80::1%eth0", "64:ff9b::9.2.2.2",
        "::ffff:9.2.2.2", " [2a0f:0:1::1]:443 ", "9[.]1[.]1[.]1",
    ];

    [Fact]
    public void Write_CsvRow_HasTheFieldsOfTheVerdict()
    {
        var header = Encoding.ASCII.GetString(new RowRenderer(Judge, RowFormat.Csv).Header).TrimEnd('\n').Split(',');
        foreach (var input in Inputs)
        {
            var fields = SplitCsv(Rows(RowFormat.Csv, input).TrimEnd('\n'));
            Assert.Equal(header.Length, fields.Count);
            var row = header.Zip(fields).ToDictionary(pair => pair.First, pair => pair.Second);
            var verdict = VerdictOf(input);
            Assert.Equal(input.Trim(), row["input"]);
            Assert.Equal(verdict.Ip, row["ip"]);
            Assert.Equal(verdict.Scope, row["scope"]);
            Assert.Equal(verdict.Verdict, row["verdict"]);
            Assert.Equal(verdict.Score?.ToString() ?? "", row["score"]);
            Assert.Equal(verdict.RawScore?.ToString() ?? "", row["rawScore"]);
            Assert.Equal(verdict.Confidence?.ToString() ?? "", row["confidence"]);
            Assert.Equal(verdict.Level ?? "", row["level"]);
            Assert.Equal(string.Join(' ', verdict.Categories), row["categories"]);
            Assert.Equal(verdict.Provider ?? "", row["provider"]);
            Assert.Equal(verdict.AsnRole ?? "", row["asnRole"]);
            Assert.Equal(verdict.Scope == "global" ? verdict.Network ?? "" : "", row["network"]);
            Assert.Equal(verdict.Scope == "global" ? verdict.Asn?.ToString() ?? "" : "", row["asn"]);
            Assert.Equal("", row["error"]);
        }
    }

    [Fact]
    public void Write_JsonRow_HasTheFieldsOfTheVerdict()
    {
        foreach (var input in Inputs)
        {
            using var row = JsonDocument.Parse(Rows(RowFormat.Ndjson, input));
            using var verdict = JsonDocument.Parse(JsonSerializer.Serialize(VerdictOf(input), VerdictJson.Default.VerdictResponse));
            Assert.Equal(input.Trim(), row.RootElement.GetProperty("input").GetString());
            var compared = 0;
            foreach (var member in row.RootElement.EnumerateObject().Where(member => member.Name != "input"))
            {
                Assert.Equal(verdict.RootElement.GetProperty(member.Name).GetRawText(), member.Value.GetRawText());
                compared++;
            }
            Assert.Equal(23, compared);
        }
    }

    [Fact]
    public void Write_NameThatIsAFormula_IsQuotedAndDefused() =>
        Assert.Contains(",\"'=cmd|' /C calc'!A0, \"\"Ltd\"\"\",", Rows(RowFormat.Csv, "9.1.1.1"), StringComparison.Ordinal);

    [Theory]
    [InlineData("1.2.3", "1.2.3,,,,,,,,,,,,,,bad_address,ipv4_part_count")]
    [InlineData("=1+1", "'=1+1,,,,,,,,,,,,,,bad_address,not_an_address")]
    [InlineData("a,b", "\"a,b\",,,,,,,,,,,,,,bad_address,not_an_address")]
    [InlineData("1.2.3.4\u202e", "1.2.3.4\\u202E,,,,,,,,,,,,,,bad_address,bad_character")]
    public void Write_NoAddress_RowSaysWhy(string input, string expected) => Assert.Equal(expected + "\n", Rows(RowFormat.Csv, input));

    [Fact]
    public void Write_NoAddressAsJson_RowSaysWhy()
    {
        using var row = JsonDocument.Parse(Rows(RowFormat.Ndjson, "<b>\""));
        Assert.Equal("bad_address", row.RootElement.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal("<b>\"", row.RootElement.GetProperty("input").GetString());
        Assert.DoesNotContain("<b>", Rows(RowFormat.Ndjson, "<b>\""), StringComparison.Ordinal); // escaped on the way out
    }

    // The batch of lines against one row at a time: order, duplicates, faults between, blank lines, any line end, no last line end.
    [Theory, InlineData(1), InlineData(127), InlineData(128), InlineData(129), InlineData(1_000)]
    public void WriteLines_ManyLines_AreTheRowsOfEach(int count)
    {
        var random = new Random(count);
        var lines = Enumerable.Range(0, count).Select(_ => random.Next(10) switch
        {
            0 => "nonsense",
            1 => "",
            2 => "  \t",
            3 => Inputs[random.Next(Inputs.Length)],
            4 => RandomPrefixes.RandomAddress(random, isIPv6: true).ToString(),
            _ => $"9.{random.Next(1, 4)}.{random.Next(4)}.{random.Next(256)}",
        }).ToList();
        foreach (var format in (RowFormat[])[RowFormat.Csv, RowFormat.Ndjson])
        {
            var renderer = new RowRenderer(Judge, format);
            var expected = string.Concat(lines.Where(line => line.Trim().Length > 0).Select(line => Rows(renderer, line)));
            foreach (var text in (string[])[string.Join('\n', lines), string.Join("\r\n", lines) + "\r\n"])
            {
                var rows = new ArrayBufferWriter<byte>();
                var (written, faults) = renderer.WriteLines(Encoding.UTF8.GetBytes(text), rows);
                Assert.Equal(expected, Encoding.UTF8.GetString(rows.WrittenSpan));
                Assert.Equal(lines.Count(line => line.Trim().Length > 0), written);
                Assert.Equal(lines.Count(line => line == "nonsense"), faults);
            }
        }
    }

    static VerdictResponse VerdictOf(string input) => VerdictResponse.From(Judge.Explain(Address.Parse(input)), Judge);

    static string Rows(RowFormat format, string input) => Rows(new RowRenderer(Judge, format), input);

    static string Rows(RowRenderer renderer, string input)
    {
        var row = new ArrayBufferWriter<byte>();
        renderer.Write(Encoding.UTF8.GetBytes(input), row);
        return Encoding.UTF8.GetString(row.WrittenSpan);
    }

    // RFC 4180, one line.
    static List<string> SplitCsv(string line)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        foreach (var (character, at) in line.Select((character, at) => (character, at)))
        {
            if (character == '"')
            {
                quoted = !quoted;
                field.Append(quoted && at > 0 && line[at - 1] == '"' ? "\"" : ""); // the second of a doubled quote
            }
            else if (character == ',' && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(character);
            }
        }
        fields.Add(field.ToString());
        return fields;
    }
}
