using System.Buffers;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Exports;

/// <summary>
/// What detection looks for, as a Microsoft Sentinel watchlist: hostile, anonymizing, hosting and blocked space. A changed row costs a write there,
/// so a row says no more than detection asks, and in steps: it changes when the data says something else, and not by mere time, nor because a
/// source is late.
/// </summary>
internal static class WatchlistCsv
{
    const int ScoreStep = 5;

    public static void Write(Judge judge, Stream destination) => TextRows.Write(
        new ExportRows(judge.ForWatchlist(), Render), "Prefix,Categories,Score,Level,Verdict,Provider,Asn,Confidence\r\n"u8, CsvFields.WritePrefix, destination);

    static bool Render(ScopedSegment segment, ProfileFacts facts, ArrayBufferWriter<byte> row)
    {
        var verdict = facts.Verdict;
        if (verdict.Kind is not (VerdictKind.HostileInfrastructure or VerdictKind.Anonymizer or VerdictKind.Hosting) && !facts.IsBlocked)
        {
            return false;
        }
        row.Field(facts.Categories);
        row.Field((uint)(verdict.Score - verdict.Score % ScoreStep)); // down, so that none looks to be of a higher level
        row.Field(verdict.Level.Word());
        row.Field(verdict.Kind.Word());
        row.Field(facts.Provider);
        row.Field(facts.Asn?.Asn.Number);
        row.Field(BandOf(verdict.Confidence));
        row.Write("\r\n"u8);
        return true;
    }

    static string BandOf(int confidence) => confidence switch
    {
        < 40 => "low",
        < 70 => "medium",
        _ => "high",
    };
}
