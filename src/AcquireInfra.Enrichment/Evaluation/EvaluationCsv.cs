using System.Buffers;
using System.Globalization;
using System.Text;
using AcquireInfra.Enrichment.Exports;

namespace AcquireInfra.Enrichment.Evaluation;

/// <summary>An evaluation as one table, a figure a row, for a spreadsheet: <c>Table,Of,In,Figure,Value</c>. A figure that does not exist is empty.</summary>
public static class EvaluationCsv
{
    public static void Write(EvaluationReport report, Stream destination)
    {
        var rows = new ArrayBufferWriter<byte>();
        void Row(string table, string of, string within, string figure, IFormattable? value)
        {
            rows.Write(Encoding.UTF8.GetBytes(table));
            foreach (var field in (string?[])[of, within, figure, value?.ToString(null, CultureInfo.InvariantCulture)])
            {
                rows.Field(field);
            }
            rows.Write("\r\n"u8);
        }

        rows.Write("Table,Of,In,Figure,Value\r\n"u8);
        foreach (var row in report.Labels.Concat(report.BySource))
        {
            Row("label", row.Label, row.Source, "addresses", row.Addresses);
            Row("label", row.Label, row.Source, "recall", row.Recall);
            Row("label", row.Label, row.Source, "accused", row.AccusedShare);
            Row("label", row.Label, row.Source, "unknown", row.Unknown);
            Row("label", row.Label, row.Source, "special", row.Special);
        }
        foreach (var row in report.Categories)
        {
            Row("category", row.Category, "", "recall", row.Recall);
            Row("category", row.Category, "", "precision", row.Precision);
            Row("category", row.Category, "", "falsePositives", row.FalsePositives);
        }
        foreach (var row in report.Confusion)
        {
            foreach (var (verdict, count) in row.Verdicts)
            {
                Row("confusion", row.Label, verdict, "addresses", count);
            }
            foreach (var (category, count) in row.Categories)
            {
                Row("called", row.Label, category, "addresses", count);
            }
        }
        foreach (var row in report.Reliability)
        {
            var tenth = row.From.ToString("F1", CultureInfo.InvariantCulture);
            Row("reliability", row.Category, tenth, "addresses", row.Addresses);
            Row("reliability", row.Category, tenth, "meanProbability", row.MeanProbability);
            Row("reliability", row.Category, tenth, "observed", row.Observed);
        }
        foreach (var row in report.Worst)
        {
            var network = row.Asn == 0 ? "no ASN" : string.Create(CultureInfo.InvariantCulture, $"AS{row.Asn} {row.Name}");
            Row("worst", row.Label, network, "wrong", row.Wrong);
            Row("worst", row.Label, network, "addresses", row.Addresses);
        }
        destination.Write(rows.WrittenSpan);
    }
}
