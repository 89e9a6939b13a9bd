using System.Runtime.InteropServices;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Parsing;

/// <summary>One prefix of a feed, or one row of an ASN table.</summary>
/// <param name="Asn">The origin ASN the record names; 0 for none.</param>
/// <param name="Label">Index into <see cref="FeedContent.Labels"/>.</param>
public readonly record struct FeedEntry(Prefix Prefix, Asn Asn, int Label);

/// <summary>One ASN that a feed makes a claim about.</summary>
public readonly record struct FeedAsn(Asn Asn, int Label);

/// <summary>What a record says beyond its address, apart from what the whole source says.</summary>
/// <param name="Categories">Categories named by the record itself; empty: those of the source.</param>
/// <param name="Confidence">1..100 %; 100 where the record has none.</param>
public readonly record struct FeedLabel(
    CategorySet Categories, string? Provider, int Confidence, DateTimeOffset? FirstSeen, DateTimeOffset? LastSeen)
{
    public static FeedLabel Plain { get; } = new(CategorySet.Empty, null, 100, null, null);
}

/// <summary>What came out of one feed: entries, and faults counted by kind, the first of them with their place.</summary>
public sealed class FeedContent
{
    readonly FeedLimits _limits;
    readonly List<FeedEntry> _entries = [];
    readonly List<FeedAsn> _asns = [];
    readonly List<FeedLabel> _labels = [];
    readonly Dictionary<FeedLabel, int> _labelIndex = [];
    readonly Dictionary<Asn, string> _asnNames = [];
    readonly List<FeedError> _errors = [];
    readonly int[] _faultCounts = new int[FeedFaults.Count];

    public FeedContent(FeedLimits limits)
    {
        _limits = limits;
        LabelOf(FeedLabel.Plain);
    }

    public ReadOnlySpan<FeedEntry> Entries => CollectionsMarshal.AsSpan(_entries);

    public ReadOnlySpan<FeedAsn> Asns => CollectionsMarshal.AsSpan(_asns);

    public IReadOnlyList<FeedLabel> Labels => _labels;

    public IReadOnlyDictionary<Asn, string> AsnNames => _asnNames;

    /// <summary>The first faults, at most <see cref="FeedLimits.MaxLocatedFaults"/>.</summary>
    public IReadOnlyList<FeedError> Errors => _errors;

    public int FaultCount => _faultCounts.Sum();

    public int CountOf(FeedFault fault) => _faultCounts[(int)fault];

    /// <summary>Lines, records or networks that were looked at.</summary>
    public int Records { get; internal set; }

    /// <summary>Shortest prefix that was refused as too wide, in bits; the family's own length where none was. Whole special-purpose blocks do not count.</summary>
    public int WidestIPv4 { get; private set; } = 32;

    public int WidestIPv6 { get; private set; } = 128;

    /// <summary>The feed's own date, where it states one.</summary>
    public DateTimeOffset? AsOf { get; internal set; }

    /// <summary>Whether it ends before its end, at a limit or at broken syntax. What it does not name may have stood in the rest.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Whether a limit was reached: nothing more is taken.</summary>
    internal bool IsFull { get; private set; }

    internal void Add(Prefix prefix, Asn asn, int label)
    {
        if (MayGrow())
        {
            _entries.Add(new(prefix, asn, label));
        }
    }

    internal void Add(Asn asn, int label)
    {
        if (MayGrow())
        {
            _asns.Add(new(asn, label));
        }
    }

    internal void NoteTooWide(Prefix prefix)
    {
        if (SpecialPurpose.EntryOf(prefix.Network) is { } block && block.Scope != AddressScope.Global && block.Prefix.Length <= prefix.Length)
        {
            return; // 2002::/16 and 240.0.0.0/4 stand in honest feeds
        }
        (WidestIPv4, WidestIPv6) = prefix.IsIPv4
            ? (Math.Min(WidestIPv4, prefix.Length), WidestIPv6)
            : (WidestIPv4, Math.Min(WidestIPv6, prefix.Length));
    }

    internal void NameAsn(Asn asn, string name) => _asnNames.TryAdd(asn, name);

    internal void Fault(FeedFault fault, int line, int column)
    {
        _faultCounts[(int)fault]++;
        if (_errors.Count < _limits.MaxLocatedFaults)
        {
            _errors.Add(new(fault, line, column));
        }
        IsFull |= fault is FeedFault.TooManyEntries or FeedFault.FeedTooLong;
        IsCut |= IsFull;
    }

    /// <summary>Nothing can be read past the fault that was reported last.</summary>
    internal void Cut() => IsCut = true;

    internal int LabelOf(FeedLabel label)
    {
        if (!_labelIndex.TryGetValue(label, out var index))
        {
            index = _labels.Count;
            _labels.Add(label);
            _labelIndex.Add(label, index);
        }
        return index;
    }

    bool MayGrow()
    {
        if (_entries.Count + _asns.Count < _limits.MaxEntries)
        {
            return true;
        }
        if (!IsFull)
        {
            Fault(FeedFault.TooManyEntries, 0, 0);
        }
        return false;
    }
}
