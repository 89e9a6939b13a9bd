using System.Text;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Feeds.Manifest;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Feeds.Gates;

/// <summary>What the canaries of a manifest say of a snapshot that is not live yet.</summary>
/// <param name="Right">Canaries that are as expected.</param>
/// <param name="Total">Canaries.</param>
/// <param name="Failures">What is wrong of the others, a sentence each.</param>
public sealed record CanaryCheck(int Right, int Total, IReadOnlyList<string> Failures)
{
    /// <summary>Share that has to be right: a single canary may have moved house.</summary>
    public const double MinRight = 0.9;

    public bool Passes => Right >= Total * MinRight;

    public static CanaryCheck Of(Judge judge, IReadOnlyList<Canary> canaries)
    {
        var failures = canaries.Select(canary => FailureOf(judge, canary)).OfType<string>().ToList();
        return new(canaries.Count - failures.Count, canaries.Count, failures);
    }

    static string? FailureOf(Judge judge, Canary canary)
    {
        var report = judge.Explain(Address.Parse(canary.Ip));
        if (canary.Asn is { } text && (!Asn.TryParse(Encoding.UTF8.GetBytes(text), out var asn) || report.Asn?.Asn != asn))
        {
            return $"{canary.Ip} is of {report.Asn?.Asn.ToString() ?? "no AS"}, not {text}.";
        }
        var present = report.Verdict.Present;
        if (canary.Has.FirstOrDefault(word => !present.Has(CategoryOf(word))) is { } missing)
        {
            return $"{canary.Ip} is not {missing}.";
        }
        return canary.HasNot.FirstOrDefault(word => present.Has(CategoryOf(word))) is { } found ? $"{canary.Ip} is {found}." : null;
    }

    static Category CategoryOf(string word) => Categories.TryParse(word, out var category)
        ? category
        : throw new InvalidOperationException($"The manifest let '{word}' pass.");
}
