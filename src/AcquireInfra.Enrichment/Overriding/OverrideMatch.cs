using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Overriding;

/// <summary>
/// What comes of all overrides that touch an address. Of each effect the most specific one acts: address, longer prefix, shorter prefix,
/// ASN, provider; of equals, the first by id. Allow and block contradict each other: the more specific of both acts, of equals the block.
/// Tags add up.
/// </summary>
public sealed class OverrideMatch
{
    OverrideMatch(Override? decides, Override? suppress, IReadOnlyList<Override> tags)
    {
        (Decides, Suppress) = (decides, suppress);
        Tags = [.. tags.Select(tag => tag.Tag!).Distinct(StringComparer.Ordinal)];
        Applied = [.. ((Override?[])[decides, suppress]).OfType<Override>(), .. tags];
        Effect = Applied[0].Effect;
        Words = string.Join(' ', Applied.Where(applied => applied.Effect != OverrideEffect.Tag).Select(applied => applied.Effect.Word()).Concat(Tags.Select(tag => "tag:" + tag)));
    }

    /// <summary>The allow or the block; null where neither acts.</summary>
    internal Override? Decides { get; }

    internal Override? Suppress { get; }

    public bool IsBlock => Effect == OverrideEffect.Block;

    /// <summary>The weightiest: block or allow, suppress, tag.</summary>
    public OverrideEffect Effect { get; }

    /// <summary>Words that are shown, the most specific first.</summary>
    public IReadOnlyList<string> Tags { get; }

    /// <summary>Those that act, the weightiest first; at least one.</summary>
    public IReadOnlyList<Override> Applied { get; }

    /// <summary>The same in a field of a table: <c>block tag:partner</c>.</summary>
    public string Words { get; }

    /// <summary>Categories whose evidence does not count.</summary>
    internal CategorySet Suppressed => Suppress?.Categories ?? CategorySet.Empty;

    /// <returns>Null where none touches it.</returns>
    internal static OverrideMatch? Of(IEnumerable<Override> touching)
    {
        var ordered = touching.OrderByDescending(entry => entry.Target.Specificity).ThenBy(entry => entry.Id, StringComparer.Ordinal).ToList();
        if (ordered.Count == 0)
        {
            return null;
        }
        Override? First(OverrideEffect effect) => ordered.Find(entry => entry.Effect == effect);
        var (allow, block) = (First(OverrideEffect.Allow), First(OverrideEffect.Block));
        var decides = allow is null || block?.Target.Specificity >= allow.Target.Specificity ? block : allow;
        return new(decides, First(OverrideEffect.Suppress), ordered.FindAll(entry => entry.Effect == OverrideEffect.Tag));
    }
}
