using System.Net.Http.Headers;
using AcquireInfra.Enrichment.Exports;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AcquireInfra.Enrichment.Service.Lookup;

/// <summary>What comes in and what is to go out.</summary>
/// <param name="Lines">How lines are written; null for one JSON text.</param>
/// <param name="Fields">Members of a row; null for the usual ones.</param>
internal sealed record BulkRequest(LineFormat? Lines, RowFormat Format, AskedFields Fields)
{
    public const string Sendable = "POST /v1/ip:batch takes application/json, text/plain (an address a line), application/x-ndjson or text/csv (a column \"ip\"), all in UTF-8.";

    static readonly Dictionary<string, LineFormat?> Inputs = new(StringComparer.OrdinalIgnoreCase)
    {
        ["application/json"] = null,
        ["text/plain"] = LineFormat.Text,
        ["application/x-ndjson"] = LineFormat.Ndjson,
        ["application/ndjson"] = LineFormat.Ndjson,
        ["application/jsonl"] = LineFormat.Ndjson,
        ["text/csv"] = LineFormat.Csv,
    };

    static readonly Dictionary<string, RowFormat> Outputs = new(StringComparer.OrdinalIgnoreCase)
    {
        ["application/json"] = RowFormat.Json,
        ["application/x-ndjson"] = RowFormat.Ndjson,
        ["application/ndjson"] = RowFormat.Ndjson,
        ["application/jsonl"] = RowFormat.Ndjson,
        ["text/csv"] = RowFormat.Csv,
    };

    static readonly Dictionary<string, RowFormat> Formats = new(StringComparer.OrdinalIgnoreCase)
    {
        ["json"] = RowFormat.Json,
        ["ndjson"] = RowFormat.Ndjson,
        ["csv"] = RowFormat.Csv,
    };

    /// <summary>Whether lines are sent, and so a stream is answered.</summary>
    public static bool IsOfLines(HttpRequest request) => TryReadInput(request, out var lines) && lines is not null;

    /// <summary>Media types that are taken.</summary>
    public static IEnumerable<string> InputTypes => Inputs.Keys;

    /// <summary>Media type of what goes out.</summary>
    public string ContentType => Format switch
    {
        RowFormat.Csv => "text/csv; charset=utf-8",
        RowFormat.Ndjson => "application/x-ndjson; charset=utf-8",
        _ => "application/json; charset=utf-8",
    };

    /// <returns>Null where all can be read.</returns>
    public static ProblemHttpResult? TryRead(HttpRequest request, string? askedFormat, string? askedFields, out BulkRequest read)
    {
        read = new(null, RowFormat.Json, AskedFields.Whole);
        if (!TryReadInput(request, out var lines))
        {
            return Problems.Of(ProblemKind.UnsupportedMediaType, $"'{SafeText.Shown(request.ContentType ?? "")}' is not taken here. {Sendable}");
        }
        if (!TryReadOutput(request, askedFormat, lines, out var format))
        {
            return Problems.BadRequest($"There is no format '{SafeText.Shown(askedFormat!)}'. There are json, ndjson and csv.");
        }
        if (!AskedFields.TryRead(askedFields, out var fields, out var fault))
        {
            return Problems.BadRequest(fault);
        }
        read = new(lines, format, fields);
        return !fields.IsWhole && fields.Rows is null && (lines is not null || format != RowFormat.Json)
            ? Problems.BadRequest($"Rows have only {string.Join(", ", RowFields.AllNames)}; the other fields are in JSON answers to JSON batches.")
            : null;
    }

    static bool TryReadInput(HttpRequest request, out LineFormat? lines)
    {
        lines = null;
        return MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && Inputs.TryGetValue(type.MediaType ?? "", out lines)
            && (type.CharSet?.Trim('"').ToLowerInvariant() ?? "utf-8") is "utf-8" or "us-ascii";
    }

    // The parameter is for those who cannot set the header.
    static bool TryReadOutput(HttpRequest request, string? asked, LineFormat? lines, out RowFormat format)
    {
        if (asked is not null)
        {
            return Formats.TryGetValue(asked, out format);
        }
        format = lines switch { null => RowFormat.Json, LineFormat.Csv => RowFormat.Csv, _ => RowFormat.Ndjson };
        var accepted = request.GetTypedHeaders().Accept.OrderByDescending(accept => accept.Quality ?? 1);
        foreach (var accept in accepted)
        {
            if (Outputs.TryGetValue(accept.MediaType.Value ?? "", out var wanted))
            {
                format = wanted;
                break;
            }
            if (accept.MatchesAllTypes)
            {
                break;
            }
        }
        return true;
    }
}
