using System.Text.Json;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Cli.Output;

/// <summary>Verdicts as the service sends them, one JSON array.</summary>
internal static class ReportJson
{
    public static void Write(IEnumerable<VerdictReport> reports, Judge judge, Stream destination)
    {
        var indented = new VerdictJson(new JsonSerializerOptions(VerdictJson.Default.Options) { WriteIndented = true });
        JsonSerializer.Serialize(
            destination, reports.Select(report => VerdictResponse.From(report, judge)), indented.IEnumerableVerdictResponse);
        destination.Write("\n"u8);
    }
}
