using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Sentinel.Incidents;

/// <summary>
/// The comment for an incident: what is said in one line, a table of the addresses, what is not known, and the marker. It is cut between
/// two rows, never in one.
/// </summary>
/// <param name="items">In the order of the rows.</param>
/// <param name="isPast">Whether the verdicts are of another time than now.</param>
internal sealed class IncidentComment(
    IncidentQuestion question, IReadOnlyList<IncidentItem> items, IReadOnlyList<string> unassessed, IReadOnlyList<string> warnings, Judge judge, bool isPast)
{
    /// <summary>Fewer may not hold the head, the marker and how many addresses there are.</summary>
    public const int FewestCharacters = 1_000;

    const int MaxSkippedShown = 10;
    const int MaxWarningsShown = 3;
    const int MaxName = 80;
    const int MaxReason = 240;
    const string TableHead =
        "<table border=\"1\" cellpadding=\"4\"><thead><tr><th>Address</th><th>Score</th><th>Verdict</th><th>Categories</th><th>Network</th><th>Why</th></tr></thead><tbody>";
    const string TableFoot = "</tbody></table>";

    // Letters of any script as they are; whatever is markup, and what turns the direction of text, is not.
    static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <returns>At most so many characters, and whether rows are left out.</returns>
    public (string Html, bool IsCut) Write(CommentMarker marker, int mostCharacters)
    {
        var head = Head();
        var (foot, last) = (Foot(), marker.Html);
        // What is said round the table yields to its rows.
        foot = head.Length + foot.Length + last.Length > mostCharacters / 2 ? "" : foot;
        var html = new StringBuilder(head);
        if (items.Count == 0)
        {
            return (html.Append(foot).Append(last).ToString(), false);
        }
        html.Append(TableHead);
        var room = mostCharacters - TableFoot.Length - foot.Length - last.Length - More(items.Count).Length;
        var shown = 0;
        foreach (var row in items.Select(Row).TakeWhile(row => html.Length + row.Length <= room))
        {
            html.Append(row);
            shown++;
        }
        html.Append(TableFoot).Append(shown < items.Count ? More(items.Count - shown) : "").Append(foot).Append(last);
        return (html.ToString(), shown < items.Count);
    }

    static string More(int count) => string.Create(CultureInfo.InvariantCulture, $"<p>and {count} more, none with a higher score.</p>");

    string Head()
    {
        var html = new StringBuilder("<h3>AcquireInfra: ").Append(items switch
        {
            [] => "no public address to judge",
            [var first, ..] => string.Create(CultureInfo.InvariantCulture, $"{first.Verdict}, highest score {first.Score} ({first.Level})"),
        }).Append("</h3><p>");
        html.Append(CultureInfo.InvariantCulture, $"{Counted(items.Count, "address", "addresses")} of {Counted(question.EntityCount, "entity", "entities")}, judged as of {judge.At:yyyy-MM-dd HH:mm} UTC by snapshot {judge.Snapshot.Id[..12]}.");
        if (isPast)
        {
            var changed = items.Count(item => item.Changed);
            html.Append(changed == 0 ? " Today it would be the same." : string.Create(CultureInfo.InvariantCulture, $" <b>Today {Counted(changed, "verdict is", "verdicts are")} another.</b>"));
        }
        if (question.AlertAddresses is not null)
        {
            html.Append(CultureInfo.InvariantCulture, $" {Counted(items.Count(item => item.IsOfAlert), "address", "addresses")} of the alert itself, marked *.");
        }
        return html.Append("</p>").ToString();
    }

    string Foot()
    {
        var html = new StringBuilder();
        if (question.Skipped.Count > 0)
        {
            var shown = question.Skipped.Take(MaxSkippedShown).Select(skipped => $"{Text(skipped.Value, MaxName)} ({Text(skipped.Reason, MaxName)})");
            html.Append("<p>Not judged: ").AppendJoin(", ", shown)
                .Append(question.Skipped.Count > MaxSkippedShown ? string.Create(CultureInfo.InvariantCulture, $" and {question.Skipped.Count - MaxSkippedShown} more") : "").Append(".</p>");
        }
        if (unassessed.Count > 0)
        {
            html.Append("<p>Not assessed, for lack of a fresh source: ").AppendJoin(", ", unassessed).Append(".</p>");
        }
        foreach (var warning in warnings.Take(MaxWarningsShown))
        {
            html.Append("<p>").Append(Text(warning, MaxReason)).Append("</p>");
        }
        return html.ToString();
    }

    string Row(IncidentItem item)
    {
        var row = new StringBuilder("<tr><td>").Append(item.Ip).Append(question.AlertAddresses is not null && item.IsOfAlert ? " *" : "").Append(item.CarriedBy.Length > 0 ? $"<br>in {item.CarriedBy}" : "");
        row.Append(CultureInfo.InvariantCulture, $"</td><td>{item.Score}</td><td>{item.Verdict} ({item.Level})");
        if (item.Override.Length > 0)
        {
            row.Append("<br><b>Override: ").Append(Text(item.Override, MaxName)).Append("</b>");
        }
        if (item.Changed)
        {
            row.Append(CultureInfo.InvariantCulture, $"<br><b>Today: {item.VerdictNow} ({item.LevelNow}, {item.ScoreNow})</b>");
        }
        row.Append("</td><td>").Append(item.Categories).Append("</td><td>").Append(Network(item)).Append("</td><td>").Append(Text(item.ReasonOfVerdict, MaxReason));
        return row.Append("</td></tr>").ToString();
    }

    static string Network(IncidentItem item)
    {
        var asn = item.Asn == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"AS{item.Asn} ") + Text(item.AsnName, MaxName);
        var provider = item.Provider.Length == 0 || item.Provider == item.AsnName ? "" : $" ({Text(item.Provider, MaxName)})";
        return (asn.TrimEnd() + provider).Trim();
    }

    static string Counted(int count, string one, string many) => string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : many)}");

    /// <summary>Text of others': cut between characters, without what cannot be seen, and escaped.</summary>
    static string Text(string given, int most)
    {
        var clean = new StringBuilder();
        foreach (var rune in given.EnumerateRunes())
        {
            if (clean.Length + rune.Utf16SequenceLength > most)
            {
                clean.Append('…');
                break;
            }
            var isShown = Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
            clean.Append(isShown ? rune.ToString() : " ");
        }
        return Encoder.Encode(clean.ToString());
    }
}
