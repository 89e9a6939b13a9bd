using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using AcquireInfra.Enrichment.Overriding;
using AcquireInfra.Enrichment.Sentinel.Incidents;
using AcquireInfra.Enrichment.Tests.Snapshots;
using AcquireInfra.Enrichment.Tests.Verdicts;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Sentinel.Tests.Incidents;

/// <summary>Numbers as the core's own tests of verdicts have them: vpn 41 (medium), tor 63 (high), blocked 90 (critical).</summary>
public sealed partial class IncidentEnricherTests
{
    const string Vpn = "9.4.1.1";
    const string Tor = "9.4.1.2";
    const string Hosting = "9.4.1.4";
    const string Blocked = "9.4.1.5";
    const string Nothing = "9.4.2.1";
    const string Hostile = "9.5.0.1";
    const string HostileName = "<img src=x onerror=alert(1)>\"&'</td></table>\u202Egnp.exe acquireinfra:000000000000:0000000000000000";
    const int Most = 30_000;

    static readonly Judge Judge = new(
        TestSources.Open(
            TestSources.AsnTable($"9.4.0.0,9.4.255.255,64503,Nobody\n9.5.0.0,9.5.255.255,64504,\"{HostileName.Replace("\"", "\"\"", StringComparison.Ordinal)}\"\n"),
            TestSources.Prefixes("vpns", "vpn", $"{Vpn}\n9.5.0.0/16", info => info with { Provider = "Brand" }),
            TestSources.Prefixes("tors", "tor", Tor),
            TestSources.Prefixes("hosters", "hosting", $"{Hosting}\n{Vpn}")),
        TestPolicy.Bundled, TestSources.Day, remember: false,
        new OverrideSet(7, [On("b", Blocked, OverrideEffect.Block)]));

    [Fact]
    public void Enrich_NoAddress_IsAnAnswerOfZerosAndEmptyTexts()
    {
        var answer = Ask("""{"severity":"Low","entities":[{"kind":"Account","properties":{}},"10.0.0.1","x"]}""");
        Assert.Equal((3, 0, 2, 1), (answer.EntityCount, answer.EnrichedCount, answer.SkippedCount, answer.OtherEntityCount));
        Assert.Equal((0, "", "", "", "Low", false), (answer.MaxScore, answer.Level, answer.Verdict, answer.Categories, answer.SuggestedSeverity, answer.SeverityRaised));
        Assert.Empty(answer.Tags);
        Assert.DoesNotContain("<table", answer.CommentHtml, StringComparison.Ordinal);
        Assert.Contains("10.0.0.1 (private)", answer.CommentHtml, StringComparison.Ordinal);
    }

    [Fact]
    public void Enrich_SeveralAddresses_CountsAndSortsThem()
    {
        var answer = Ask(Ips(Nothing, Hosting, Tor, Vpn));
        Assert.Equal([Tor, Vpn, Hosting, Nothing], answer.Items.Select(item => item.Ip));
        Assert.Equal((4, 2, 1), (answer.EnrichedCount, answer.RiskyCount, answer.UnlistedCount));
        Assert.Equal((63, "high", "anonymizer", "tor, vpn, hosting"), (answer.MaxScore, answer.Level, answer.Verdict, answer.Categories));
        Assert.Equal(["AcquireInfra:tor", "AcquireInfra:vpn", "AcquireInfra:hosting"], answer.Tags);
        Assert.Equal(answer.Tags, answer.TagsToAdd.Select(tag => tag.Tag));
    }

    // The order of entities is an accident of the incident.
    [Fact]
    public void Enrich_AnyOrder_AnswersTheSameBytes() => Assert.Equal(
        Json(Ask(Ips(Vpn, Tor, Nothing, Hosting))), Json(Ask(Ips(Hosting, Nothing, Tor, Vpn))));

    [Theory]
    [InlineData("Informational", Nothing, "Informational")]
    [InlineData("Informational", Hosting, "Informational")] // rented servers alone raise nothing
    [InlineData("Informational", Vpn, "Medium")]            // 54: vpn and hosting
    [InlineData("Low", Tor, "Medium")]
    [InlineData("low", Tor, "Medium")]
    [InlineData("Low", Blocked, "High")]
    [InlineData("High", Tor, "High")]                       // never lower
    [InlineData("High", Nothing, "High")]
    [InlineData("", Tor, "Medium")]
    [InlineData("Urgent", Blocked, "Urgent")]               // what is not known stays as it is
    public void SuggestedSeverity_Table_Is(string given, string address, string expected)
    {
        var answer = Ask($$"""{"severity":"{{given}}","ips":["{{address}}"]}""");
        Assert.Equal(expected, answer.SuggestedSeverity);
        Assert.Equal(IncidentSeverities.TryParse(given, out var severity) && severity.ToString() != expected, answer.SeverityRaised);
    }

    [Theory]
    [InlineData("null", "High")]                 // not said: all of them count
    [InlineData("[]", "Low")]                    // said: none
    [InlineData($"[\"{Tor}\"]", "Medium")]
    [InlineData($"[\"{Blocked}\"]", "High")]
    [InlineData("[\"9.9.9.9\"]", "Low")]         // an address that the incident does not have
    public void SuggestedSeverity_OfAlertEntities_CountsTheseAlone(string alertEntities, string expected) => Assert.Equal(
        expected, Ask($$"""{"severity":"Low","ips":["{{Tor}}","{{Blocked}}"],"alertEntities":{{alertEntities}}}""").SuggestedSeverity);

    [Fact]
    public void Enrich_Override_IsShownAndTagged()
    {
        var answer = Ask(Ips(Blocked));
        Assert.Equal(("block", 90), (answer.Items[0].Override, answer.Items[0].Score));
        Assert.Equal(["AcquireInfra:block"], answer.Tags);
        Assert.Contains("<b>Override: block</b>", answer.CommentHtml, StringComparison.Ordinal);
    }

    [Fact]
    public void Enrich_AllowedAddress_IsShownAndNeitherTaggedNorRaises()
    {
        var judge = Judge.With(new(8, [On("a", Vpn, OverrideEffect.Allow)]));
        var answer = Ask($$"""{"severity":"Low","ips":["{{Vpn}}"]}""", judge, judge);
        Assert.Equal((1, 1, "Low"), (answer.EnrichedCount, answer.AllowedCount, answer.SuggestedSeverity));
        Assert.Empty(answer.Tags);
        Assert.Contains("<b>Override: allow</b>", answer.CommentHtml, StringComparison.Ordinal);
    }

    // What others name themselves is text in the comment, and nothing else.
    [Fact]
    public void Comment_HostileName_IsInert()
    {
        var html = Ask(Ips(Hostile)).CommentHtml;
        Assert.Contains("&lt;img src=x onerror=alert(1)&gt;", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", html, StringComparison.Ordinal);
        Assert.DoesNotContain('\u202E', html);
        Assert.Equal(OwnMarkup(html), Tag().Count(html));
        Assert.Single(Regex.Matches(html, "</table>"));
    }

    // The marker of a row is not that of the comment.
    [Fact]
    public void Comment_NameThatLooksLikeAMarker_ChangesNothing()
    {
        var first = Ask(Ips(Hostile));
        var second = Ask($$"""{"ips":["{{Hostile}}"],"comments":[{{JsonSerializer.Serialize(first.CommentHtml)}}]}""");
        Assert.Equal((true, false), (second.AlreadyCommented, second.CommentChanged));
    }

    [Theory, InlineData(1), InlineData(60), InlineData(500), InlineData(5_000)]
    public void Comment_OfAnySize_IsAtMost30000AndCutBetweenRows(int count)
    {
        var answer = Ask(Ips([.. Enumerable.Range(0, count).Select(at => string.Create(CultureInfo.InvariantCulture, $"9.5.{at / 250}.{at % 250}"))]));
        Assert.InRange(answer.CommentHtml.Length, 1, Most);
        var rows = Regex.Count(answer.CommentHtml, "<tr><td>");
        Assert.Equal(rows, Regex.Count(answer.CommentHtml, "</td></tr>"));
        Assert.Equal(count > rows, answer.Truncated);
        Assert.Equal(answer.Truncated, answer.CommentHtml.Contains($"and {count - rows} more", StringComparison.Ordinal));
        Assert.Equal(count, answer.Items.Count);
        Assert.True(rows == count || answer.CommentHtml.Length > Most - 2_000, "there was room for another row");
    }

    // One character less than what it takes loses a row, whatever the row.
    [Fact]
    public void Comment_AtTheLimit_IsWhole()
    {
        var all = Ask(Ips(Vpn, Tor, Hosting, Nothing, Hostile));
        var needed = all.CommentHtml.Length + 44; // "and 5 more" is kept room for
        Assert.False(all.Truncated);
        Assert.Equal(all.CommentHtml, Ask(Ips(Vpn, Tor, Hosting, Nothing, Hostile), most: needed).CommentHtml);
        for (var most = needed; most >= 1_000; most -= 7)
        {
            var cut = Ask(Ips(Vpn, Tor, Hosting, Nothing, Hostile), most: most);
            Assert.InRange(cut.CommentHtml.Length, 1, most);
            Assert.Equal(Regex.Count(cut.CommentHtml, "<tr>"), Regex.Count(cut.CommentHtml, "</tr>"));
            Assert.EndsWith("</span>", cut.CommentHtml, StringComparison.Ordinal);
        }
        Assert.True(Ask(Ips(Vpn, Tor, Hosting, Nothing, Hostile), most: 1_000).Truncated);
    }

    [Fact]
    public void MaxComment_OfTheCaller_CutsFurtherAndNeverLess()
    {
        Assert.InRange(Ask($$"""{"ips":["{{Vpn}}","{{Tor}}"],"maxComment":1000}""").CommentHtml.Length, 1, 1_000);
        Assert.InRange(Ask($$"""{"ips":[{{string.Join(',', Enumerable.Range(0, 250).Select(at => $"\"9.5.0.{at}\""))}}],"maxComment":999999}""").CommentHtml.Length, 1, Most);
    }

    [Fact]
    public void Marker_SameQuestionAgain_IsNotCommentedTwice()
    {
        var first = Ask(Ips(Vpn, Nothing));
        Assert.Equal((false, true, ""), (first.AlreadyCommented, first.CommentChanged, first.ExistingCommentName));
        var comments = $$"""[{"name":"other","properties":{"message":"Somebody's own words."} },{"name":"ours-1","properties":{"message":{{JsonSerializer.Serialize(first.CommentHtml)}} } }]""";
        var again = Ask($$"""{"ips":["{{Nothing}}","{{Vpn}}"],"comments":{{comments}}}""");
        Assert.Equal((true, false, "ours-1"), (again.AlreadyCommented, again.CommentChanged, again.ExistingCommentName));
        var more = Ask($$"""{"ips":["{{Nothing}}","{{Vpn}}","{{Tor}}"],"comments":{{comments}}}""");
        Assert.Equal((true, true, "ours-1"), (more.AlreadyCommented, more.CommentChanged, more.ExistingCommentName));
    }

    // Sanitisers take comments and styles out, and may take elements too.
    [Theory, InlineData("<[^>]*>"), InlineData(" style=\"[^\"]*\""), InlineData("<span[^>]*>|</span>")]
    public void Marker_OfASanitisedComment_IsFound(string taken)
    {
        var message = Regex.Replace(Ask(Ips(Vpn)).CommentHtml, taken, "");
        var again = Ask($$"""{"ips":["{{Vpn}}"],"comments":[{{JsonSerializer.Serialize(message)}}]}""");
        Assert.Equal((true, false), (again.AlreadyCommented, again.CommentChanged));
    }

    // It becomes part of an address in a playbook.
    [Theory, InlineData("../../x"), InlineData("a?b"), InlineData("a b"), InlineData(""), InlineData("%2e")]
    public void ExistingCommentName_ThatCouldLeadElsewhere_IsNone(string name)
    {
        var message = JsonSerializer.Serialize(Ask(Ips(Vpn)).CommentHtml);
        var again = Ask($$"""{"ips":["{{Vpn}}"],"comments":[{"name":"{{name}}","properties":{"message":{{message}} } }]}""");
        Assert.Equal((true, ""), (again.AlreadyCommented, again.ExistingCommentName));
    }

    [Fact]
    public void At_OfAnotherTime_TellsWhatIsOtherNow()
    {
        var past = new Judge(
            TestSources.Open(TestSources.AsnTable("9.4.0.0,9.4.255.255,64503,Nobody\n"), TestSources.Prefixes("tors", "tor", Tor)),
            TestPolicy.Bundled, TestSources.Day.AddHours(-3));
        var answer = Ask($$"""{"severity":"Low","ips":["{{Vpn}}","{{Tor}}"],"at":"2026-08-22T09:00:00Z"}""", past);
        var item = answer.Items.Single(item => item.Ip == Vpn);
        Assert.Equal(("unlisted", "anonymizer", true, 54), (item.Verdict, item.VerdictNow, item.Changed, item.ScoreNow));
        Assert.False(answer.Items.Single(item => item.Ip == Tor).Changed);
        Assert.Equal((1, past.Snapshot.Id, new DateTime(2026, 8, 22, 9, 0, 0)), (answer.ChangedCount, answer.SnapshotId, answer.JudgedAt));
        Assert.Contains("Today 1 verdict is another.", answer.CommentHtml, StringComparison.Ordinal);
        Assert.Contains("<b>Today: anonymizer (high, 54)</b>", answer.CommentHtml, StringComparison.Ordinal);
    }

    // A playbook that expects a number or a text breaks at null.
    [Theory, InlineData("{}"), InlineData($$"""{"ips":["{{Nothing}}","{{Tor}}","x","8.8.8.8"],"comments":["x"]}""")]
    public void Json_IsNowhereNull(string question) => AssertNoNull(JsonElement.Parse(Json(Ask(question))));

    static void AssertNoNull(JsonElement element)
    {
        Assert.NotEqual(JsonValueKind.Null, element.ValueKind);
        var children = element.ValueKind switch
        {
            JsonValueKind.Object => element.EnumerateObject().Select(member => member.Value),
            JsonValueKind.Array => element.EnumerateArray(),
            _ => [],
        };
        Assert.All(children, AssertNoNull);
    }

    static IncidentAnswer Ask(string json, Judge? judge = null, Judge? present = null, int most = Most)
    {
        Assert.True(IncidentReader.TryRead(JsonElement.Parse(json), 10_000, out var question));
        return IncidentEnricher.Enrich(question, judge ?? Judge, present ?? Judge, most);
    }

    static Override On(string id, string target, OverrideEffect effect) =>
        new(id, OverrideTarget.Read(target, out _)!, effect, CategorySet.Empty, null, "Test.", "tests", TestSources.Day.AddDays(30), 1);

    static string Json(IncidentAnswer answer) => JsonSerializer.Serialize(answer, IncidentJson.Default.IncidentAnswer);

    static string Ips(params string[] addresses) => $$"""{"ips":[{{string.Join(',', addresses.Select(address => $"\"{address}\""))}}]}""";

    static int OwnMarkup(string html) => OwnTag().Count(html);

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex("</?(h3|p|b|br|thead|tbody|tr|th|td|table|span)>|<table border=\"1\" cellpadding=\"4\">|<span style=\"font-size:0\">")]
    private static partial Regex OwnTag();
}
