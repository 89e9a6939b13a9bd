using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Overriding;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Exports;

/// <summary>Writes what an export says of the addresses of a segment, all but the addresses themselves.</summary>
/// <returns>False where it says nothing.</returns>
internal delegate bool RenderContent(ScopedSegment segment, ProfileFacts facts, ArrayBufferWriter<byte> content);

/// <summary>
/// The rows of an export: all address space of which it says something, IPv4 before IPv6, sorted and disjoint, with neighbours of which it
/// says the same joined. Equal contents have one number, so memory is what is different, and not what is listed.
/// </summary>
internal sealed class ExportRows(Judge judge, RenderContent render)
{
    const int None = -1;

    // By profile, plus 2: 0 has not been asked for.
    readonly int[] _numbers = new int[judge.Snapshot.ProfileCount];

    // Where overrides act, the profile alone does not tell.
    readonly Dictionary<(uint Profile, bool IsIPv6, OverrideMatch Match), int> _overridden = [];
    readonly List<byte[]> _contents = [];
    readonly Dictionary<byte[], int> _byContent = new(ContentComparer.Instance);
    readonly ArrayBufferWriter<byte> _scratch = new();

    /// <summary>Contents by number; complete when the rows have been gone through.</summary>
    public IReadOnlyList<byte[]> Contents => _contents;

    public IEnumerable<(AddressRange Range, int Content)> Ranges()
    {
        foreach (var family in (AddressRange[])[AddressRange.IPv4, AddressRange.IPv6])
        {
            var (first, last, content) = (family.First, family.First, None);
            foreach (var segment in judge.SegmentsIn(family))
            {
                var next = NumberOf(segment);
                if (next == content && content != None && segment.First.Value == last.Value + 1)
                {
                    last = segment.Last;
                    continue;
                }
                if (content != None)
                {
                    yield return (RangeOf(first, last), content);
                }
                (first, last, content) = (segment.First, segment.Last, next);
            }
            if (content != None)
            {
                yield return (RangeOf(first, last), content);
            }
        }
    }

    /// <summary>The same as the fewest prefixes.</summary>
    public IEnumerable<(Prefix Prefix, int Content)> Prefixes() =>
        Ranges().SelectMany(row => row.Range.ToPrefixes(), (row, prefix) => (prefix, row.Content));

    static AddressRange RangeOf(Address first, Address last) =>
        AddressRange.TryCreate(first, last, out var range) ? range : throw new InvalidOperationException($"{first} to {last} is no range.");

    // Where nothing is known there is nothing to say. A profile says one thing of all its global addresses, which are almost all there are.
    int NumberOf(in ScopedSegment segment)
    {
        if (judge.MatchOf(segment) is { } match)
        {
            ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_overridden, (segment.Profile, segment.IsIPv6, match), out var isKnown);
            number = isKnown ? number : Render(segment, match);
            return number;
        }
        if (segment.Profile == 0)
        {
            return None;
        }
        if (!segment.IsGlobal)
        {
            return Render(segment, match: null);
        }
        ref var known = ref _numbers[segment.Profile];
        known = known == 0 ? Render(segment, match: null) + 2 : known;
        return known - 2;
    }

    int Render(in ScopedSegment segment, OverrideMatch? match)
    {
        _scratch.ResetWrittenCount();
        var facts = ProfileFacts.Of(judge, segment.Profile, segment.Scope, segment.IsIPv6, match);
        if (!render(segment, facts, _scratch))
        {
            return None;
        }
        var equals = _byContent.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (!equals.TryGetValue(_scratch.WrittenSpan, out var number))
        {
            number = _contents.Count;
            _contents.Add(_scratch.WrittenSpan.ToArray());
            _byContent.Add(_contents[number], number);
        }
        return number;
    }

    sealed class ContentComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static ContentComparer Instance { get; } = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }
    }
}
