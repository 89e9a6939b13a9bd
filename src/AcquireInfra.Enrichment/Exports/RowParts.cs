using AcquireInfra.Enrichment.Overriding;

namespace AcquireInfra.Enrichment.Exports;

/// <summary>
/// What rows are put together from: one text for each ASN, and one for each verdict with its brand, of which there are few. A profile has
/// a slot that names both. All are made when first asked for, so that memory is bounded by the snapshot, however many rows there are.
/// <code>
///  0..23 ASN plus 1   24..31 length of the network   32..62 verdict   63 set
/// </code>
/// </summary>
internal sealed class RowParts(int profileCount, int asnCount)
{
    const ulong SetBit = 1UL << 63;

    readonly TextArena _texts = new();
    readonly ulong[] _slots = new ulong[profileCount];
    readonly ulong[] _asns = new ulong[asnCount + 1];
    readonly Dictionary<VerdictText, int> _known = [];
    readonly Lock _adding = new();
    ulong[] _verdicts = new ulong[256];

    /// <summary>Verdicts that have a text.</summary>
    public int VerdictCount => _known.Count;

    /// <summary>0 where the profile's is not made yet.</summary>
    public ulong SlotOf(uint profile) => Volatile.Read(ref _slots[profile]);

    public void Publish(uint profile, ulong slot) => Volatile.Write(ref _slots[profile], slot);

    public static ulong Slot(uint asnPlus1, int networkLength, int verdict) =>
        asnPlus1 | (ulong)(uint)networkLength << 24 | (ulong)(uint)verdict << 32 | SetBit;

    public static int NetworkLengthOf(ulong slot) => (int)(slot >> 24 & 0xFF);

    /// <summary>The texts of a slot.</summary>
    public (ulong Asn, ulong Verdict) TextsOf(ulong slot) =>
        (Volatile.Read(ref _asns[slot & 0xFF_FFFF]), Volatile.Read(ref _verdicts)[slot >> 32 & 0x7FFF_FFFF]);

    public ReadOnlySpan<byte> BytesOf(ulong text) => _texts.BytesOf(text);

    public bool HasAsn(uint asnPlus1) => Volatile.Read(ref _asns[asnPlus1]) != 0;

    /// <summary>Two threads that make the same waste one copy.</summary>
    public void AddAsn(uint asnPlus1, ReadOnlySpan<byte> text) => Volatile.Write(ref _asns[asnPlus1], _texts.Add(text));

    public bool TryFindVerdict(VerdictText of, out int index)
    {
        lock (_adding)
        {
            return _known.TryGetValue(of, out index);
        }
    }

    public int AddVerdict(VerdictText of, ReadOnlySpan<byte> text)
    {
        lock (_adding)
        {
            if (_known.TryGetValue(of, out var index))
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
            _known.Add(of, index);
            return index;
        }
    }
}

/// <summary>What the text of a verdict is made of.</summary>
/// <param name="Provider">A string of the snapshot.</param>
internal readonly record struct VerdictText(ulong Verdict, uint Provider, OverrideMatch? Match, int MatchPoints);
