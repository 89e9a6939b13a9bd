using System.Text.Json.Serialization;

namespace AcquireInfra.Enrichment.Evaluation;

/// <summary>How verdicts agree with labels. Shares are 0..1, and null where there is nothing to share.</summary>
/// <param name="Labels">Each label with all its addresses.</param>
/// <param name="BySource">The same, parted by who labelled; only what names its source.</param>
/// <param name="Categories">Each accusing category that a label or a verdict has.</param>
/// <param name="Reliability">For a reliability diagram: what the judge believed, and what the labels say, in tenths.</param>
/// <param name="Worst">Where most of the wrong verdicts are.</param>
public sealed record EvaluationReport(
    string SnapshotId, string PolicyVersion, DateTimeOffset At, int Addresses, IReadOnlyList<LabelRow> Labels, IReadOnlyList<LabelRow> BySource,
    IReadOnlyList<CategoryRow> Categories, IReadOnlyList<ConfusionRow> Confusion, IReadOnlyList<ReliabilityBin> Reliability,
    IReadOnlyList<WorstAsn> Worst);

/// <param name="Source">Who labelled; empty for all.</param>
/// <param name="Own">Addresses whose verdict has the label's own category.</param>
/// <param name="Accused">Addresses called hosting, vpn, proxy, residentialProxy, tor, relay, bulletproof or abuse.</param>
/// <param name="Unknown">Addresses of which the verdict does not tell whether they are in the label's category: nothing fresh covers it there.</param>
/// <param name="Special">Addresses that are not global, so that they have no verdict.</param>
/// <param name="Recall">Share with the label's own category; null for a label that has none.</param>
/// <param name="FalsePositives">Share of ordinary lines that are accused; null for the other labels.</param>
public sealed record LabelRow(
    string Label, string Source, int Addresses, int Own, int Accused, int Unknown, int Special, double? Recall, double AccusedShare, double? FalsePositives)
{
    internal static LabelRow Of(Label label, string source, LabelCount count) => new(
        label.Word, source, count.Addresses, count.Own, count.Accused, count.Unknown, count.Special,
        label.Category is null ? null : Share(count.Own, count.Addresses), Share(count.Accused, count.Addresses)!.Value,
        label.IsOrdinary ? Share(count.Accused, count.Addresses) : null);

    internal static double? Share(int part, int whole) => whole == 0 ? null : (double)part / whole;
}

/// <param name="Labelled">Addresses with this label.</param>
/// <param name="Found">Of these, those that are called so.</param>
/// <param name="OnOrdinaryLines">Ordinary lines that are called so.</param>
/// <param name="OrdinaryLines">All ordinary lines among the labels.</param>
/// <param name="Called">All that are called so, whatever their label.</param>
public sealed record CategoryRow(string Category, int Labelled, int Found, int OnOrdinaryLines, int OrdinaryLines, int Called)
{
    public double? Recall => LabelRow.Share(Found, Labelled);

    /// <summary>Found / (found + on ordinary lines). Other labels do not count: a VPN exit may be hosting, too.</summary>
    public double? Precision => LabelRow.Share(Found, Found + OnOrdinaryLines);

    public double? FalsePositives => LabelRow.Share(OnOrdinaryLines, OrdinaryLines);
}

/// <summary>What the addresses of a label were called, the most frequent first. An address has one verdict, and any number of categories.</summary>
public sealed record ConfusionRow(string Label, IReadOnlyDictionary<string, int> Verdicts, IReadOnlyDictionary<string, int> Categories);

/// <summary>Addresses labelled with the category or as an ordinary line, of which the judge believed about the same.</summary>
/// <param name="MeanProbability">What it believed.</param>
/// <param name="Observed">Share of them that has the label.</param>
public sealed record ReliabilityBin(string Category, double From, double To, int Addresses, double MeanProbability, double Observed);

/// <param name="Asn">0 where the table knows none.</param>
/// <param name="Wrong">Addresses without the label's category; of an ordinary label: addresses that are accused.</param>
/// <param name="Addresses">All labelled so in this ASN.</param>
public sealed record WorstAsn(string Label, uint Asn, string Name, string Role, int Wrong, int Addresses);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(EvaluationReport))]
public sealed partial class EvaluationJson : JsonSerializerContext;
