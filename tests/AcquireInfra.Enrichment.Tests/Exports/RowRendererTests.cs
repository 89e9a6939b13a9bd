using System.Buffers;
using System.Text;
using System.Text.Json;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Overriding;
using AcquireInfra.Enrichment.Tests.Lookup;
using AcquireInfra.Enrichment.Tests.Overriding;
using AcquireInfra.Enrichment.Tests.Snapshots;
using AcquireInfra.Enrichment.Tests.Verdicts;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Tests.Exports;

public sealed class RowRendererTests
{
    static readonly Judge Judge = new(
        TestSources.Open(
            TestSources.AsnTable("9.1.0.0,9.1.255.255,64500,\"=cmd|' /C calc'!A0, \"\"Ltd\"\"\"\n9.2.0.0,9.3.255.255,64501,Plain Name\n2a0f::,2a0f:0:ffff:ffff:ffff:ffff:ffff:ffff,64501,Plain Name\n2002::,2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff,64501,Plain Name\n"),
            TestSources.Roles("64501,hosting,Brand,certain,\n"),
            TestSources.Prefixes("vpns", "vpn", "9.1.1.0/24\n9.2.2.2\n2a0f:0:1::/48"),
            TestSources.Prefixes("relays", "relay", "9.1.1.128/25")),
        TestPolicy.Bundled, TestSources.Day, overrides: SampleOverrides.Set(
            SampleOverrides.On("a", "9.1.1.200", OverrideEffect.Allow), SampleOverrides.On("b", "9.2.2.3", OverrideEffect.Block),
            SampleOverrides.On("c", "9.9.0.0/16", OverrideEffect.Block) with { Reason = "\"<quoted>\"" }, SampleOverrides.On("d", "2a0f:0:1::/48", OverrideEffect.Suppress, Category.Vpn),
            SampleOverrides.On("e", "AS64501", OverrideEffect.Tag), SampleOverrides.On("f", "provider:brand", OverrideEffect.Tag)));

    static readonly LineLayout Text = new(LineFormat.Text, LineLayout.MostLineBytes);
    static readonly LineLayout Ndjson = new(LineFormat.Ndjson, 1024);

    static readonly string[] Inputs =
    [
        "9.1.1.1", "9.1.1.200", "9.2.2.2", "9.2.2.3", "9.9.9.9", "2a0f:0:1::1", "2a0f:0:2::1", "2a0e::1", "10.0.0.1", "fe80::1%eth0", "64:ff9b::9.2.2.2", "2002:902:202::1",
        "::ffff:9.2.2.2", " [2a0f:0:1::1]:443 ", "9[.]1[.]1[.]1",
    ];

    [Fact]
    public void Write_CsvRow_HasTheFieldsOfTheVerdict()
    {
        var header = Encoding.ASCII.GetString(new RowRenderer(Judge, RowFormat.Csv).Header(Text)).TrimEnd('\n').Split(',');
        var overridden = 0;
        foreach (var input in Inputs)
        {
            var fields = SplitCsv(Rows(RowFormat.Csv, input).TrimEnd('\n'));
            Assert.Equal(header.Length, fields.Count);
            var row = header.Zip(fields).ToDictionary(pair => pair.First, pair => pair.Second);
            var verdict = VerdictOf(input);
            Assert.Equal(input, row["input"]);
            Assert.Equal(verdict.Ip, row["ip"]);
            Assert.Equal(verdict.Scope, row["scope"]);
            Assert.Equal(verdict.Verdict, row["verdict"]);
            Assert.Equal(verdict.Score?.ToString() ?? "", row["score"]);
            Assert.Equal(verdict.RawScore?.ToString() ?? "", row["rawScore"]);
            Assert.Equal(verdict.Confidence?.ToString() ?? "", row["confidence"]);
            Assert.Equal(verdict.Level ?? "", row["level"]);
            Assert.Equal(string.Join(' ', verdict.Categories), row["categories"]);
            Assert.Equal(verdict.Provider ?? "", row["provider"]);
            var words = Judge.MatchOf(Address.Parse(input))?.Words ?? "";
            Assert.Equal(words, row["override"]);
            overridden += words.Length > 0 ? 1 : 0;
            Assert.Equal(verdict.AsnRole ?? "", row["asnRole"]);
            Assert.Equal(verdict.Network ?? "", row["network"]);
            Assert.Equal(verdict.Asn?.ToString() ?? "", row["asn"]);
            Assert.Equal("", row["error"]);
        }
        Assert.True(overridden > 5, $"only {overridden} rows are overridden");
    }

    [Fact]
    public void Write_JsonRow_HasTheFieldsOfTheVerdict()
    {
        foreach (var input in Inputs)
        {
            using var row = JsonDocument.Parse(Rows(RowFormat.Ndjson, input));
            using var verdict = JsonDocument.Parse(JsonSerializer.Serialize(VerdictOf(input), VerdictJson.Default.VerdictResponse));
            Assert.Equal(input, row.RootElement.GetProperty("input").GetString());
            var compared = 0;
            foreach (var member in row.RootElement.EnumerateObject().Where(member => member.Name != "input"))
            {
                Assert.Equal(verdict.RootElement.GetProperty(member.Name).GetRawText(), member.Value.GetRawText());
                compared++;
            }
            Assert.Equal(24, compared);
        }
    }

    [Fact]
    public void Write_NameThatIsAFormula_IsQuotedAndDefused() =>
        Assert.Contains(",\"'=cmd|' /C calc'!A0, \"\"Ltd\"\"\",", Rows(RowFormat.Csv, "9.1.1.1"), StringComparison.Ordinal);

    [Theory]
    [InlineData("1.2.3", "1.2.3,,,,,,,,,,,,,,,bad_address,ipv4_part_count")]
    [InlineData("=1+1", "'=1+1,,,,,,,,,,,,,,,bad_address,not_an_address")]
    [InlineData("a,b", "\"a,b\",,,,,,,,,,,,,,,bad_address,not_an_address")]
    [InlineData("1.2.3.4\u202e", "1.2.3.4\\u202E,,,,,,,,,,,,,,,bad_address,bad_character")]
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
                var (written, faults) = renderer.WriteLines(Encoding.UTF8.GetBytes(text), Text, rows);
                Assert.Equal(expected, Encoding.UTF8.GetString(rows.WrittenSpan));
                Assert.Equal(lines.Count(line => line.Trim().Length > 0), written);
                Assert.Equal(lines.Count(line => line == "nonsense"), faults);
            }
        }
    }

    // Every subset of members, against the whole row: the slow twin.
    [Theory, InlineData(RowFormat.Csv), InlineData(RowFormat.Ndjson)]
    public void WriteLines_SomeFields_AreThoseOfTheWholeRow(RowFormat format)
    {
        var random = new Random(5);
        var lines = string.Join('\n', Inputs.Append("nonsense"));
        var whole = Parse(format, RowFields.All, lines);
        for (var round = 0; round < 300; round++)
        {
            var names = RowFields.AllNames.Where(_ => random.Next(4) == 0).DefaultIfEmpty("score").ToList();
            Assert.True(RowFields.TryParse(string.Join(',', names.OrderBy(_ => random.Next())), out var fields, out _));
            var rows = Parse(format, fields, lines);
            foreach (var (row, all) in rows.Zip(whole).SkipLast(1))
            {
                Assert.Equal(names.Concat(format == RowFormat.Csv ? ["error", "errorReason"] : Array.Empty<string>()), row.Select(member => member.Name));
                Assert.All(row, member => Assert.Contains(member, all));
            }
            Assert.Contains("bad_address", string.Concat(rows[^1].Select(member => member.Value)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void WriteLines_Csv_LinesAreRepeatedBeforeTheirRows()
    {
        const string Header = "user,IP,note";
        Assert.True(LineLayout.TryReadCsvHeader(Encoding.UTF8.GetBytes(Header), 40, out var layout));
        var renderer = new RowRenderer(Judge, RowFormat.Csv, Fields("input,ip,score"));
        Assert.Equal("user,IP,note,canonicalIp,score,error,errorReason\n", Encoding.UTF8.GetString(renderer.Header(layout, Encoding.UTF8.GetBytes(Header + "\r"))));
        var score = VerdictOf("9.1.1.1").Score;
        (string Line, string Row)[] cases =
        [
            ("a,9.1.1.1,x", $"a,9.1.1.1,x,9.1.1.1,{score},,"),
            ("a,9.1.1.1", $"a,9.1.1.1,,9.1.1.1,{score},,"),                             // what it lacks is filled up
            ("a,9.1.1.1,x,y", "\"a,9.1.1.1,x,y\",,,,,bad_request,too_many_fields"),
            ("a,9.1.1.1,\"two", "\"a,9.1.1.1,\"\"two\",,,,,bad_request,open_quote"),              // the quote is open behind the address
            ("\"a,\"\"b\",\"::ffff:9.1.1.1\",=x", $"\"a,\"\"b\",\"::ffff:9.1.1.1\",=x,9.1.1.1,{score},,"),
            ("a", "a,,,,,bad_address,empty"),
            ("a,,", "a,,,,,bad_address,empty"),
            ("a,1.2.3,", "a,1.2.3,,,,bad_address,ipv4_part_count"),
            ("a,\"9.1.1.1,x", "\"a,\"\"9.1.1.1,x\",,,,,bad_request,open_quote"),
            (new string('x', 41), new string('x', 41) + ",,,,,bad_request,line_too_long"),
        ];
        Assert.Equal(cases.Select(one => one.Row), Lines(renderer, layout, string.Join('\n', cases.Select(one => one.Line))));
    }

    [Fact]
    public void WriteLines_Csv_IdIsRepeatedInJson()
    {
        Assert.True(LineLayout.TryReadCsvHeader("\"id\", ip"u8, 1024, out var layout));
        var renderer = new RowRenderer(Judge, RowFormat.Ndjson, Fields("ip"));
        Assert.Equal(
            ["""{"id":"7","ip":"9.1.1.1"}""", """{"id":"","ip":"9.1.1.2"}""", """{"id":"\u003Cb\u003E,\u00E9","ip":"9.1.1.3"}""", """{"id":"a\u0022b","ip":"9.1.1.4"}"""],
            Lines(renderer, layout, "7,9.1.1.1\n,9.1.1.2\n\"<b>,é\",9.1.1.3\n\"a\"\"b\",9.1.1.4\n"));
    }

    [Theory, InlineData("user,address"), InlineData(""), InlineData("ips"), InlineData("ip,\"user")]
    public void TryReadCsvHeader_NoColumnIp_IsNone(string header) =>
        Assert.False(LineLayout.TryReadCsvHeader(Encoding.UTF8.GetBytes(header), 1024, out _));

    [Theory]
    [InlineData("\"9.1.1.1\"", """{"ip":"9.1.1.1"}""")]
    [InlineData(" \"9\\u002e1.1.1\" ", """{"ip":"9.1.1.1"}""")]
    [InlineData("""{"ip":"9.1.1.1","id":"a"}""", """{"id":"a","ip":"9.1.1.1"}""")]
    [InlineData("""{"i\u0064":"\u003c\n\"\ud83d\ude00é","ip":"\u0039.1.1.1"}""", """{"id":"\u003C\n\u0022\uD83D\uDE00\u00E9","ip":"9.1.1.1"}""")]
    [InlineData("""{"ip":"9.1.1.1","id":""}""", """{"id":"","ip":"9.1.1.1"}""")]
    public void WriteLines_Ndjson_IsUnescapedAndEscapedAgain(string line, string expected) =>
        Assert.Equal([expected, expected], Lines(new(Judge, RowFormat.Ndjson, Fields("ip")), Ndjson, line + "\r\n" + line));

    [Theory]
    [InlineData("9.1.1.1", "bad_request")]
    [InlineData("\"9.1.1.1", "bad_request")]
    [InlineData("\"9.1.1.1\" x", "bad_request")]
    [InlineData("""{"ip":"9.1.1.1"}{}""", "bad_request")]
    [InlineData("""{"ip":"9.1.1.1","ip":"9.1.1.2"}""", "bad_request")]
    [InlineData("""{"ip":"9.1.1.1","port":[1,{"a":2}],"id":"x"}""", "bad_request")]
    [InlineData("""{"ip":"9.1.1.1","at":"11/12/2026"}""", "bad_request")]
    [InlineData("""{"at":{"ip":"9.1.1.9"},"ip":"9.1.1.1"}""", "bad_request")]
    [InlineData("""{"ip":7}""", "bad_request")]
    [InlineData("7", "bad_request")]
    [InlineData("[\"9.1.1.1\"]", "bad_request")]
    [InlineData("[[[[[[[[[1]]]]]]]]]", "bad_request")]
    [InlineData("{}", "bad_address")]
    [InlineData("\"\\ud800\"", "bad_address")]
    [InlineData("""{"ip":"\ud800","id":"\ud800"}""", "bad_address")]
    public void WriteLines_NdjsonThatIsNoItem_RowSaysWhy(string line, string code)
    {
        foreach (var format in (RowFormat[])[RowFormat.Ndjson, RowFormat.Csv])
        {
            var rows = Lines(new(Judge, format, Fields("ip")), Ndjson, $"\"9.1.1.1\"\n{line}\n\"9.1.1.1\"");
            Assert.Equal(3, rows.Length);
            Assert.Contains(code, rows[1], StringComparison.Ordinal);
            Assert.Equal(rows[0], rows[2]);
        }
    }

    [Fact]
    public void WriteLines_NdjsonAsCsv_HasAColumnForIds()
    {
        var renderer = new RowRenderer(Judge, RowFormat.Csv, Fields("input,ip"));
        Assert.Equal("input,id,ip,error,errorReason\n", Encoding.UTF8.GetString(renderer.Header(Ndjson)));
        Assert.Equal(
            ["9.1.1.1,'=1,9.1.1.1,,", "9.1.1.1,,9.1.1.1,,", "x,\"a,b\",,bad_address,not_an_address"],
            Lines(renderer, Ndjson, """{"ip":"9.1.1.1","id":"=1"}""" + "\n\"9.1.1.1\"\n" + """{"ip":"x","id":"a,b"}"""));
    }

    [Fact]
    public void WriteLines_ItemsOfOtherHours_AreJudgedAsOfThem()
    {
        var hours = Enumerable.Range(0, 600).Select(hour => TestSources.Day.AddHours(5 * hour)).ToList(); // more than are remembered
        var lines = string.Join('\n', hours.Select(hour => $$"""{"ip":"9.2.2.2","at":"{{hour:yyyy-MM-ddTHH:mm:ssZ}}"}"""));
        var rows = Lines(new(Judge, RowFormat.Ndjson, Fields("score,verdict")), Ndjson, lines + "\n\"9.2.2.2\"");
        foreach (var (hour, row) in hours.Zip(rows))
        {
            var verdict = Judge.AtTime(hour).VerdictOf(Address.Parse("9.2.2.2"));
            Assert.Equal($$"""{"verdict":"{{verdict.Kind.Word()}}","score":{{verdict.Score}}}""", row);
        }
        Assert.Equal($$"""{"verdict":"{{VerdictOf("9.2.2.2").Verdict}}","score":{{VerdictOf("9.2.2.2").Score}}}""", rows[^1]);
        Assert.True(rows.Distinct().Count() > 3, "the hours do not differ");
    }

    [Fact]
    public void WriteValues_AsJson_AreElements()
    {
        var bytes = Encoding.UTF8.GetBytes("""["9.1.1.1",{"ip":"x","id":"a"}, {"id":"b","ip":"9.1.1.2"}]""");
        var text = Encoding.UTF8.GetString(bytes);
        (int, int)[] values = [(text.IndexOf("\"9", StringComparison.Ordinal), 9), (text.IndexOf('{', StringComparison.Ordinal), 19), (text.LastIndexOf('{'), 25)];
        var rows = new ArrayBufferWriter<byte>();
        Assert.Equal(1, new RowRenderer(Judge, RowFormat.Json).WriteValues(bytes, values, rows));
        using var array = JsonDocument.Parse($"[null{Encoding.UTF8.GetString(rows.WrittenSpan)}]");
        Assert.Equal(["9.1.1.1", "x", "9.1.1.2"], array.RootElement.EnumerateArray().Skip(1).Select(row => row.GetProperty("input").GetString()));
    }

    [Theory, InlineData("ip,nope", "nope"), InlineData("", null), InlineData(",", null), InlineData("IP", "IP"), InlineData("id", null)]
    public void TryParseFields_Unknown_IsNamed(string text, string? expected)
    {
        Assert.False(RowFields.TryParse(text, out _, out var unknown));
        Assert.Equal(expected, unknown);
    }

    static RowFields Fields(string names) => RowFields.TryParse(names, out var fields, out _) ? fields : throw new ArgumentException(names);

    static VerdictResponse VerdictOf(string input) => VerdictResponse.From(Judge.Explain(Address.Parse(input)), Judge);

    static string[] Lines(RowRenderer renderer, LineLayout layout, string lines)
    {
        var rows = new ArrayBufferWriter<byte>();
        renderer.WriteLines(Encoding.UTF8.GetBytes(lines), layout, rows);
        return Encoding.UTF8.GetString(rows.WrittenSpan).TrimEnd('\n').Split('\n');
    }

    // Names and values of each row's members.
    static List<List<(string Name, string Value)>> Parse(RowFormat format, RowFields fields, string lines)
    {
        var renderer = new RowRenderer(Judge, format, fields);
        var header = Encoding.UTF8.GetString(renderer.Header(Text)).TrimEnd('\n').Split(',');
        return [.. Lines(renderer, Text, lines).Select(row => format == RowFormat.Csv
            ? header.Zip(SplitCsv(row)).ToList()
            : JsonDocument.Parse(row).RootElement.EnumerateObject().Select(member => (member.Name, member.Value.GetRawText())).ToList())];
    }

    static string Rows(RowFormat format, string input) => Rows(new RowRenderer(Judge, format), input);

    static string Rows(RowRenderer renderer, string input)
    {
        var row = new ArrayBufferWriter<byte>();
        renderer.WriteLines(Encoding.UTF8.GetBytes(input), Text, row);
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
