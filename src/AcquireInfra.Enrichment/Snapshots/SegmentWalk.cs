using AcquireInfra.Enrichment.Addressing;

namespace AcquireInfra.Enrichment.Snapshots;

/// <summary>Addresses, first and last included, of which a snapshot knows the same; the neighbours on both sides have another profile.</summary>
/// <param name="Profile">As <see cref="Snapshot.Find(Address)"/> gives it for each of them.</param>
public readonly record struct Segment(Address First, Address Last, uint Profile);

/// <summary>
/// The segments of an address range, in order: for <c>foreach</c>. Looks at nothing outside the range, allocates nothing, and keeps its
/// snapshot alive. ::ffff:0:0/96 is IPv4, so a walk over IPv6 leaves it out, and no segment reaches across it.
/// </summary>
public struct SegmentWalk
{
    static readonly UInt128 MappedFirst = Address.FromIPv4(0).Value;
    static readonly UInt128 MappedLast = Address.FromIPv4(uint.MaxValue).Value;

    readonly Snapshot _snapshot;
    readonly bool _isIPv4;
    readonly UInt128 _end;
    UInt128 _first;
    (uint Profile, UInt128 Last) _run;
    bool _isOver;

    internal SegmentWalk(Snapshot snapshot, AddressRange range)
    {
        (_snapshot, _isIPv4, _first, _end) = (snapshot, range.First.IsIPv4, range.First.Value, range.Last.Value);
        _run = RunAt(_first);
    }

    public Segment Current { readonly get; private set; }

    public readonly SegmentWalk GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_isOver)
        {
            return false;
        }
        var (first, run, next) = (_first, _run, UInt128.Zero);
        while (true)
        {
            _isOver = run.Last >= _end;
            if (_isOver)
            {
                break;
            }
            next = run.Last + 1;
            var isGap = !_isIPv4 && next == MappedFirst;
            next = isGap ? MappedLast + 1 : next;
            _run = RunAt(next);
            if (isGap || _run.Profile != run.Profile)
            {
                break;
            }
            run = _run;
        }
        _first = next;
        Current = new(Address.FromUInt128(first), Address.FromUInt128(UInt128.Min(run.Last, _end)), run.Profile);
        return true;
    }

    readonly (uint Profile, UInt128 Last) RunAt(UInt128 first)
    {
        var (profile, last) = _snapshot.RunAt(Address.FromUInt128(first));
        var crosses = !_isIPv4 && first < MappedFirst && last.Value >= MappedFirst;
        return (profile, crosses ? MappedFirst - 1 : last.Value);
    }
}
