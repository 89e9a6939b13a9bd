using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Exports;

/// <summary>Whom an export owes what, for people: travels with every export.</summary>
public static class AttributionText
{
    /// <summary>The snapshot with its date, then a line for each source that is exportable: name, licence, attribution, homepage, date.</summary>
    public static IEnumerable<string> LinesOf(Judge judge)
    {
        var snapshot = judge.Snapshot;
        yield return $"snapshot {snapshot.Id}, policy {judge.PolicyVersion}, data of {UtcTime.Text(snapshot.DataAsOf)}";
        foreach (var source in snapshot.Sources.Where(source => source.Exportable))
        {
            string?[] parts = [$"{source.Name} ({source.Id})", source.Licence, source.Attribution, source.Homepage, $"data of {UtcTime.Text(source.AsOf)}"];
            yield return "source: " + OneLine(string.Join("; ", parts.Where(part => !string.IsNullOrEmpty(part))));
        }
    }

    /// <summary>The same as one text.</summary>
    public static string Of(Judge judge) => string.Concat(LinesOf(judge).Select(line => line + "\n"));

    // A manifest's words must not end a comment.
    static string OneLine(string text) => string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character));
}
