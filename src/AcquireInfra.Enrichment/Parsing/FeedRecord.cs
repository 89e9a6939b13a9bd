namespace AcquireInfra.Enrichment.Parsing;

/// <summary>What the fields of a record mean. Filters and category flags follow, one slot each.</summary>
internal enum FieldSlot
{
    Prefix,
    First,
    Last,
    Asn,
    Name,
    Provider,
    Confidence,
    FirstSeen,
    LastSeen,
    Dynamic,
}

/// <summary>The fields of the record being read: byte ranges in one buffer, reused from record to record.</summary>
internal sealed class FeedRecord
{
    readonly List<(int Slot, int Offset, int Length, int Line, int Column)> _values = [];
    byte[] _bytes = new byte[512];
    int _used;

    /// <summary>Where the record begins.</summary>
    public int Line { get; private set; }

    public int Column { get; private set; }

    public int ValueCount => _values.Count;

    public void Begin(int line, int column)
    {
        _values.Clear();
        _used = 0;
        (Line, Column) = (line, column);
    }

    public void Add(int slot, ReadOnlySpan<byte> value, int line, int column)
    {
        if (_bytes.Length - _used < value.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _used + value.Length));
        }
        value.CopyTo(_bytes.AsSpan(_used));
        _values.Add((slot, _used, value.Length, line, column));
        _used += value.Length;
    }

    public int SlotAt(int index) => _values[index].Slot;

    public ReadOnlySpan<byte> ValueAt(int index) => _bytes.AsSpan(_values[index].Offset, _values[index].Length);

    public (int Line, int Column) PlaceAt(int index) => (_values[index].Line, _values[index].Column);

    /// <returns>Index of the slot's first value, or -1.</returns>
    public int IndexOf(int slot)
    {
        for (var index = 0; index < _values.Count; index++)
        {
            if (_values[index].Slot == slot)
            {
                return index;
            }
        }
        return -1;
    }

    public ReadOnlySpan<byte> ValueOf(FieldSlot slot) => ValueOf((int)slot);

    /// <summary>The slot's first value; empty where it has none.</summary>
    public ReadOnlySpan<byte> ValueOf(int slot) => IndexOf(slot) is var index and >= 0 ? ValueAt(index) : default;
}
