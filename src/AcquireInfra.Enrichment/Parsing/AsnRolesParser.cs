using System.Text;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Parsing;

/// <summary>What is known of one ASN's operator.</summary>
/// <param name="Provider">The brand as people write it; empty where none.</param>
public readonly record struct AsnRoleRow(Asn Asn, AsnRole Role, RoleBasis Basis, string Provider);

/// <summary>Reads <c>asn-roles.csv</c>: asn, role, provider, basis, note, with a header line.</summary>
public static class AsnRolesParser
{
    static readonly string[] Columns = ["asn", "role", "provider", "basis", "note"];

    static readonly FeedFormat Format = new() { Syntax = FeedSyntax.Csv, Header = true };

    /// <returns>The rows, and the file's faults in <paramref name="faults"/>. A second row for an ASN is a fault.</returns>
    /// <exception cref="FormatException">Other columns, or no row at all.</exception>
    public static IReadOnlyList<AsnRoleRow> Parse(Stream stream, FeedLimits limits, out FeedContent faults)
    {
        faults = new FeedContent(limits);
        var rows = new Dictionary<Asn, AsnRoleRow>();
        var reader = new CsvReader(stream, Format, limits, faults);
        while (reader.TryRead())
        {
            faults.Records++;
            RequireColumns(reader.Columns);
            var fault = ReadRow(reader.Fields, limits, out var row, out var column);
            if (fault == FeedFault.None && !rows.TryAdd(row.Asn, row))
            {
                (fault, column) = (FeedFault.BadAsn, 0);
            }
            if (fault != FeedFault.None)
            {
                faults.Fault(fault, reader.Line, reader.Fields.PlaceAt(Math.Min(column, reader.Fields.ValueCount - 1)).Column);
            }
        }
        RequireColumns(reader.Columns);
        return faults.Records > 0 ? [.. rows.Values] : throw new FormatException("The ASN roles have no row: every network would lose its role.");
    }

    static void RequireColumns(IReadOnlyList<string> columns)
    {
        if (!columns.SequenceEqual(Columns))
        {
            throw new FormatException($"ASN roles have the columns {string.Join(", ", Columns)}, not '{string.Join(", ", columns)}'.");
        }
    }

    // The column counts from 0; a short row may lack it.
    static FeedFault ReadRow(FeedRecord fields, FeedLimits limits, out AsnRoleRow row, out int column)
    {
        row = default;
        column = 0;
        if (!Asn.TryParse(fields.ValueOf(0), out var asn) || asn.Number == 0)
        {
            return FeedFault.BadAsn;
        }
        column = 1;
        if (!AsnRoles.TryParseRole(Encoding.UTF8.GetString(fields.ValueOf(1)), out var role))
        {
            return FeedFault.BadValue;
        }
        column = 3;
        if (!AsnRoles.TryParseBasis(Encoding.UTF8.GetString(fields.ValueOf(3)), out var basis))
        {
            return FeedFault.BadValue;
        }
        row = new(asn, role, basis, CleanText.Of(fields.ValueOf(2), limits.MaxNameCharacters));
        return FeedFault.None;
    }
}
