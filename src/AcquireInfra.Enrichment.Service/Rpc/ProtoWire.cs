using System.Numerics;

namespace AcquireInfra.Enrichment.Service.Rpc;

/// <summary>Protobuf's wire format, as far as answers are written by hand.</summary>
internal static class ProtoWire
{
    /// <summary>Tag of a field whose value has a length before it: text, bytes, messages, packed numbers.</summary>
    /// <param name="field">1..15, so that the tag is one byte.</param>
    public static byte Tag(int field) => (byte)(field << 3 | 2);

    /// <summary>Bytes of a number as a varint: 1..5.</summary>
    public static int VarintBytes(int value) => (BitOperations.Log2((uint)value | 1) + 7) / 7;

    /// <summary>Bytes of a field: its tag, its length and its value.</summary>
    public static int FieldBytes(int valueBytes) => 1 + VarintBytes(valueBytes) + valueBytes;

    /// <summary>Writes a field's tag and length.</summary>
    /// <returns>The number of bytes written.</returns>
    public static int WriteHead(byte tag, int valueBytes, Span<byte> destination)
    {
        destination[0] = tag;
        var at = 1;
        for (var rest = (uint)valueBytes; ; rest >>= 7)
        {
            if (rest < 0x80)
            {
                destination[at] = (byte)rest;
                return at + 1;
            }
            destination[at++] = (byte)(rest | 0x80);
        }
    }
}
