using System.Runtime.InteropServices;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Evaluation;

/// <summary>
/// Counts how a judge's verdicts agree with labels. Memory grows with labels, their sources and the ASNs they are in, never with addresses.
/// Not thread-safe.
/// </summary>
public sealed class Evaluation(Judge judge)
{
    const int Bins = 10;

    readonly Dictionary<(Label Label, string Source), LabelCount> _counts = [];
    readonly Dictionary<(Label Label, uint Asn), (int Addresses, int Wrong)> _asns = [];
    readonly Dictionary<(Label Label, VerdictKind Kind), int> _kinds = [];
    readonly Dictionary<(Label Label, Category Category), int> _called = [];
    readonly BinCount[,] _bins = new BinCount[Categories.Count, Bins];

    /// <param name="source">Who labelled it; empty where that is not told.</param>
    public void Add(Address address, Label label, string source)
    {
        var index = judge.Snapshot.Find(address);
        var profile = judge.Snapshot.ProfileAt(index);
        var verdict = judge.VerdictOf(address);
        var (isOwn, isAccused) = (label.Category is { } own && verdict.Present.Has(own), !(verdict.Present & Label.Accusing).IsEmpty);

        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, (label, source), out _);
        count = count.With(isOwn, isAccused, isUnknown: !verdict.IsSpecial && label.Category is { } asked && verdict.Is(asked) is null, verdict.IsSpecial);

        var isWrong = label.IsOrdinary ? isAccused : !isOwn;
        ref var asn = ref CollectionsMarshal.GetValueRefOrAddDefault(_asns, (label, judge.AsnOf(profile)?.Asn.Number ?? 0), out _);
        asn = (asn.Addresses + 1, asn.Wrong + (isWrong ? 1 : 0));

        CollectionsMarshal.GetValueRefOrAddDefault(_kinds, (label, verdict.Kind), out _)++;
        foreach (var category in verdict.Present.Members())
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_called, (label, category), out _)++;
        }
        AddToBins(profile.Word, label, verdict.IsSpecial);
    }

    // Only labels that speak of a category: its own, and ordinary lines. Whether a VPN exit is hosting too, its label does not tell.
    void AddToBins(ProfileWord profile, Label label, bool isSpecial)
    {
        Span<double> probabilities = stackalloc double[Categories.Count];
        if (!isSpecial)
        {
            judge.Combine(profile, probabilities);
        }
        foreach (var category in Label.Accusing.Members().Where(category => label.IsOrdinary || label.Category == category))
        {
            var probability = probabilities[(int)category];
            ref var bin = ref _bins[(int)category, Math.Min((int)(probability * Bins), Bins - 1)];
            bin = new(bin.Addresses + 1, bin.Sum + probability, bin.Right + (label.Category == category ? 1 : 0));
        }
    }

    /// <param name="worst">How many ASNs to name for each label.</param>
    public EvaluationReport Report(int worst)
    {
        var labels = _counts.GroupBy(row => row.Key.Label).OrderBy(group => group.Key.Word, StringComparer.Ordinal).ToList();
        var ordinary = labels.Where(group => group.Key.IsOrdinary).Sum(group => group.Sum(row => row.Value.Addresses));
        return new(
            judge.Snapshot.Id, judge.PolicyVersion, judge.At, _counts.Values.Sum(count => count.Addresses),
            [.. labels.Select(group => LabelRow.Of(group.Key, "", group.Aggregate(default(LabelCount), (sum, row) => sum.Plus(row.Value))))],
            [.. _counts.Where(row => row.Key.Source.Length > 0).OrderBy(row => row.Key.Label.Word, StringComparer.Ordinal).ThenBy(row => row.Key.Source, StringComparer.Ordinal)
                .Select(row => LabelRow.Of(row.Key.Label, row.Key.Source, row.Value))],
            [.. Label.Accusing.Members().Select(category => CategoryRow(category, ordinary)).Where(row => row.Labelled + row.Called > 0)],
            [.. labels.Select(group => Confusion(group.Key))],
            [.. Label.Accusing.Members().SelectMany(BinRows)],
            [.. labels.SelectMany(group => Worst(group.Key, worst))]);
    }

    CategoryRow CategoryRow(Category category, int ordinary)
    {
        int Called(Func<Label, bool> of) => _called.Where(row => row.Key.Category == category && of(row.Key.Label)).Sum(row => row.Value);
        var labelled = _counts.Where(row => row.Key.Label.Category == category).Sum(row => row.Value.Addresses);
        return new(category.Word(), labelled, Called(label => label.Category == category), Called(label => label.IsOrdinary), ordinary, Called(_ => true));
    }

    ConfusionRow Confusion(Label label) => new(
        label.Word,
        _kinds.Where(row => row.Key.Label == label).OrderByDescending(row => row.Value).ToDictionary(row => row.Key.Kind.Word(), row => row.Value),
        _called.Where(row => row.Key.Label == label).OrderByDescending(row => row.Value).ToDictionary(row => row.Key.Category.Word(), row => row.Value));

    IEnumerable<ReliabilityBin> BinRows(Category category)
    {
        for (var at = 0; at < Bins; at++)
        {
            if (_bins[(int)category, at] is { Addresses: > 0 } bin)
            {
                yield return new(category.Word(), at / (double)Bins, (at + 1) / (double)Bins, bin.Addresses, bin.Sum / bin.Addresses, (double)bin.Right / bin.Addresses);
            }
        }
    }

    IEnumerable<WorstAsn> Worst(Label label, int count) => _asns
        .Where(row => row.Key.Label == label && row.Value.Wrong > 0)
        .OrderByDescending(row => row.Value.Wrong).ThenBy(row => row.Key.Asn)
        .Take(count)
        .Select(row => (row.Key.Asn, row.Value, Info: row.Key.Asn == 0 ? null : judge.Snapshot.AsnOf(new Asn(row.Key.Asn))))
        .Select(row => new WorstAsn(label.Word, row.Asn, row.Info?.Name ?? "", (row.Info?.Role ?? AsnRole.Unknown).Word(), row.Value.Wrong, row.Value.Addresses));

    readonly record struct BinCount(int Addresses, double Sum, int Right);
}

/// <summary>How verdicts fell on addresses of one label.</summary>
readonly record struct LabelCount(int Addresses, int Own, int Accused, int Unknown, int Special)
{
    public LabelCount With(bool isOwn, bool isAccused, bool isUnknown, bool isSpecial) => new(
        Addresses + 1, Own + (isOwn ? 1 : 0), Accused + (isAccused ? 1 : 0), Unknown + (isUnknown ? 1 : 0), Special + (isSpecial ? 1 : 0));

    public LabelCount Plus(LabelCount other) => new(
        Addresses + other.Addresses, Own + other.Own, Accused + other.Accused, Unknown + other.Unknown, Special + other.Special);
}
