using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace AcquireInfra.Enrichment.Exports;

/// <summary>
/// The data section of a MaxMind DB (format 2.0): a control byte with type and size, then the value. Map keys are written once and
/// pointed at afterwards, which halves a section of many like records.
/// </summary>
/// <param name="bytes">Where it is written; null for a buffer of its own.</param>
internal sealed class MmdbData(ArrayBufferWriter<byte>? bytes = null)
{
    const int Pointer = 1;
    const int Utf8String = 2;
    const int UInt16 = 5;
    const int UInt32 = 6;
    const int Map = 7;
    const int FirstExtended = 8;
    const int UInt64 = 9;
    const int Array = 11;
    const int Boolean = 14;

    readonly ArrayBufferWriter<byte> _bytes = bytes ?? new();
    readonly Dictionary<string, uint> _keys = new(StringComparer.Ordinal);

    public uint Length => (uint)_bytes.WrittenCount;

    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    /// <summary>Adds a record that was written elsewhere.</summary>
    /// <returns>Where it begins.</returns>
    public uint Append(byte[] record)
    {
        var offset = Length;
        _bytes.Write(record);
        return offset;
    }

    public void BeginMap(int pairs) => Control(Map, pairs);

    public void BeginArray(int elements) => Control(Array, elements);

    /// <param name="mayPoint">False in the metadata, whose pointers would count from another place.</param>
    public void Key(string key, bool mayPoint = true)
    {
        if (mayPoint && _keys.TryGetValue(key, out var offset))
        {
            PointTo(offset);
            return;
        }
        _keys.TryAdd(key, Length);
        String(key);
    }

    /// <summary>Writes a pointer to another section's copy of a string, which is added where it is missing: equal texts are equal bytes.</summary>
    public void Shared(string text, MmdbData strings)
    {
        if (!strings._keys.TryGetValue(text, out var offset))
        {
            offset = strings.Length;
            strings._keys.Add(text, offset);
            strings.String(text);
        }
        PointTo(offset);
    }

    public void Bool(bool value) => Control(Boolean, value ? 1 : 0);

    public void String(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        Control(Utf8String, utf8.Length);
        _bytes.Write(utf8);
    }

    public void Number16(ushort value) => Number(UInt16, value);

    public void Number32(uint value) => Number(UInt32, value);

    public void Number64(ulong value) => Number(UInt64, value);

    // Big endian, without leading zero bytes.
    void Number(int type, ulong value)
    {
        Span<byte> octets = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(octets, value);
        var significant = octets.TrimStart((byte)0);
        Control(type, significant.Length);
        _bytes.Write(significant);
    }

    void Control(int type, int size)
    {
        Span<byte> tail = stackalloc byte[3];
        var (sizeBits, tailBytes, rest) = size switch
        {
            < 29 => (size, 0, 0),
            < 29 + 0x100 => (29, 1, size - 29),
            < 285 + 0x1_0000 => (30, 2, size - 285),
            _ => (31, 3, size - 65_821),
        };
        _bytes.Write([(byte)((type < FirstExtended ? type << 5 : 0) | sizeBits)]);
        if (type >= FirstExtended)
        {
            _bytes.Write([(byte)(type - 7)]);
        }
        for (var at = 0; at < tailBytes; at++)
        {
            tail[at] = (byte)(rest >> 8 * (tailBytes - 1 - at));
        }
        _bytes.Write(tail[..tailBytes]);
    }

    // Pointers of 11, 19, 27 and 32 bits; each size begins where the one before ends.
    void PointTo(uint offset)
    {
        Span<byte> octets = stackalloc byte[4];
        var (size, value) = offset switch
        {
            < 2_048 => (0, offset),
            < 526_336 => (1, offset - 2_048),
            < 134_744_064 => (2, offset - 526_336),
            _ => (3, offset),
        };
        BinaryPrimitives.WriteUInt32BigEndian(octets, value);
        var high = size == 3 ? 0 : value >> 8 * (size + 1);
        _bytes.Write([(byte)(Pointer << 5 | size << 3 | (int)high)]);
        _bytes.Write(octets[(size == 3 ? 0 : 3 - size)..]);
    }
}
