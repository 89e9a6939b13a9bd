using AcquireInfra.Enrichment.Overriding;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Exports;

/// <summary>
/// What rows are put together from: one text for each ASN, and one for each verdict with its brand, of which there are few. A profile has
/// a slot that names both. All are made when first asked for, so that memory is bounded by the snapshot, however many rows there are.
/// <code>
///  0..23 ASN plus 1   24..31 length of the network   32..62 verdict   63 set
/// </code>
/// </summary>
/// <param name="snapshot">Whose ASNs have the numbers of its own; those of others, which items of other times are judged by, follow.</param>
/// <param name="profileCount">Slots that are kept; 0 where none are.</param>
internal sealed class RowParts(Snapshot snapshot, int profileCount)
{
    const ulong SetBit = 1UL << 63;

    readonly TextArena _texts = new();
    readonly ulong[] _slots = new ulong[profileCount];
    readonly Dictionary<(Snapshot Of, VerdictText Verdict), int> _known = [];
    readonly Dictionary<(Snapshot Of, uint AsnPlus1), uint> _asnsOfOthers = [];
    readonly Lock _adding = new();
    ulong[] _asns = new ulong[snapshot.AsnCount + 1];
    ulong[] _verdicts = new ulong[256];

    /// <summary>Verdicts, and ASNs of other snapshots, that have a text.</summary>
    public int Count => _known.Count + _asnsOfOthers.Count;

    /// <summary>0 where the profile's is not made yet.</summary>
    public ulong SlotOf(uint profile) => Volatile.Read(ref _slots[profile]);

    public void Publish(uint profile, ulong slot) => Volatile.Write(ref _slots[profile], slot);

    public static ulong Slot(uint asnPlus1, int networkLength, int verdict) =>
        asnPlus1 | (ulong)(uint)networkLength << 24 | (ulong)(uint)verdict << 32 | SetBit;

    public static int NetworkLengthOf(ulong slot) => (int)(slot >> 24 & 0xFF);

    /// <summary>The texts of a slot.</summary>
    public (ulong Asn, ulong Verdict) TextsOf(ulong slot) =>
        (Volatile.Read(ref Volatile.Read(ref _asns)[slot & 0xFF_FFFF]), Volatile.Read(ref _verdicts)[slot >> 32 & 0x7FFF_FFFF]);

    public ReadOnlySpan<byte> BytesOf(ulong text) => _texts.BytesOf(text);

    /// <summary>What an ASN is called here, plus 1.</summary>
    public uint AsnOf(Snapshot of, uint asnPlus1)
    {
        if (of == snapshot || asnPlus1 == 0)
        {
            return asnPlus1;
        }
        lock (_adding)
        {
            if (!_asnsOfOthers.TryGetValue((of, asnPlus1), out var here))
            {
                here = (uint)(snapshot.AsnCount + 1 + _asnsOfOthers.Count);
                _asnsOfOthers.Add((of, asnPlus1), here);
                if (here == _asns.Length)
                {
                    var asns = _asns;
                    Array.Resize(ref asns, asns.Length + asns.Length / 4 + 256);
                    Volatile.Write(ref _asns, asns);
                }
            }
            return here;
        }
    }

    public bool HasAsn(uint asnPlus1) => Volatile.Read(ref Volatile.Read(ref _asns)[asnPlus1]) != 0;

    /// <summary>Two threads that make the same waste one copy.</summary>
    public void AddAsn(uint asnPlus1, ReadOnlySpan<byte> text)
    {
        var added = _texts.Add(text);
        lock (_adding) // else it might go into an array that another thread has just outgrown
        {
            Volatile.Write(ref _asns[asnPlus1], added);
        }
    }

    public bool TryFindVerdict(Snapshot of, VerdictText verdict, out int index)
    {
        lock (_adding)
        {
            return _known.TryGetValue((of, verdict), out index);
        }
    }

    public int AddVerdict(Snapshot of, VerdictText verdict, ReadOnlySpan<byte> text)
    {
        lock (_adding)
        {
            if (_known.TryGetValue((of, verdict), out var index))
            {
                return index;
            }
            index = _known.Count;
            var verdicts = _verdicts;
            if (index == verdicts.Length)
            {
                Array.Resize(ref verdicts, 2 * index);
            }
            verdicts[index] = _texts.Add(text);
            Volatile.Write(ref _verdicts, verdicts);
            _known.Add((of, verdict), index);
            return index;
        }
    }
}

/// <summary>What the text of a verdict is made of.</summary>
/// <param name="Provider">A string of the snapshot.</param>
internal readonly record struct VerdictText(ulong Verdict, uint Provider, OverrideMatch? Match, int MatchPoints);
