using System.Buffers;
using System.Text;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Exports;

/// <summary>What a firewall's external dynamic list holds.</summary>
/// <param name="MinLevel">The lowest level that is listed.</param>
/// <param name="Categories">Only space that is in one of them; empty for any.</param>
public sealed record AddressListFilter(RiskLevel MinLevel, CategorySet Categories)
{
    public static AddressListFilter Default { get; } = new(RiskLevel.High, CategorySet.Empty);

    // What an override blocks is listed though it is in no category.
    internal bool Lists(ProfileFacts facts) => facts.Verdict is { IsSpecial: false } verdict && verdict.Level >= MinLevel
        && (Categories.IsEmpty ? facts.IsListed : !(verdict.Present & Categories).IsEmpty);

    public override string ToString() =>
        $"level {MinLevel.Word()} and above" + (Categories.IsEmpty ? "" : $", {string.Join(" or ", Categories.Members().Select(category => category.Word()))}");
}

/// <summary>One prefix a line, as firewalls fetch them: the fewest that cover exactly what a filter lists.</summary>
public static class AddressList
{
    /// <param name="judge">Of what may be exported; any judge of the snapshot will do.</param>
    public static void Write(Judge judge, AddressListFilter filter, Stream destination)
    {
        var rows = new ExportRows(judge.ForExport(), (segment, facts, row) => Render(filter, facts, row));
        TextRows.Write(rows, Encoding.UTF8.GetBytes(HeaderOf(judge, filter)), CsvFields.WritePrefix, destination);
    }

    static string HeaderOf(Judge judge, AddressListFilter filter)
    {
        var text = new StringBuilder($"# AcquireInfra.Enrichment: prefixes of {filter}\n");
        foreach (var line in AttributionText.LinesOf(judge))
        {
            text.Append("# ").Append(line).Append('\n');
        }
        return text.ToString();
    }

    static bool Render(AddressListFilter filter, ProfileFacts facts, ArrayBufferWriter<byte> row)
    {
        row.Write("\n"u8);
        return filter.Lists(facts);
    }
}
