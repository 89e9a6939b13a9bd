using System.Buffers;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Exports;

/// <summary>All space that is in any category or blocked by an override, for databases that join by prefix or by first and last address.</summary>
internal static class RangesCsv
{
    public static void Write(Judge judge, Stream destination) => TextRows.Write(
        new ExportRows(judge, (segment, facts, row) => Render(judge, segment, facts, row)),
        "prefix,first,last,asn,asnName,asnRole,verdict,level,score,confidence,categories,provider,sources\n"u8,
        Head,
        destination);

    static void Head(ArrayBufferWriter<byte> row, Prefix prefix)
    {
        row.WritePrefix(prefix);
        row.Write(","u8);
        row.WriteAddress(prefix.First);
        row.Write(","u8);
        row.WriteAddress(prefix.Last);
    }

    static bool Render(Judge judge, ScopedSegment segment, ProfileFacts facts, ArrayBufferWriter<byte> row)
    {
        var (verdict, asn, provider, categories, _) = facts;
        if (!facts.IsListed)
        {
            return false;
        }
        row.Field(asn?.Asn.Number);
        row.Field(asn?.Name);
        row.Field(asn?.Role.WordIfKnown());
        row.Field(verdict.Kind.Word());
        row.Field(verdict.Level.Word());
        row.Field((uint)verdict.Score);
        row.Field((uint)verdict.Confidence);
        row.Field(categories);
        row.Field(provider);
        row.Field(string.Join(' ', judge.SourcesBehind(judge.Snapshot.ProfileAt(segment.Profile)).Select(source => source.Id)));
        row.Write("\n"u8);
        return true;
    }
}
