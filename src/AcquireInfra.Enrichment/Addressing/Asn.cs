using System.Buffers.Text;
using System.Globalization;

namespace AcquireInfra.Enrichment.Addressing;

/// <summary>An autonomous system number, 32 bits, printed <c>AS64500</c> (RFC 5396, asplain). 0 is "no ASN" (RFC 7607).</summary>
public readonly record struct Asn(uint Number) : IComparable<Asn>
{
    /// <summary>Reads <c>64500</c>, <c>AS64500</c> or <c>as64500</c>.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out Asn asn)
    {
        asn = default;
        if (text.Length > 2 && (text[0] | 0x20) == 'a' && (text[1] | 0x20) == 's')
        {
            text = text[2..];
        }
        if (text.IsEmpty || !char.IsAsciiDigit((char)text[0]) || !Utf8Parser.TryParse(text, out uint number, out var used) || used != text.Length)
        {
            return false;
        }
        asn = new Asn(number);
        return true;
    }

    public int CompareTo(Asn other) => Number.CompareTo(other.Number);

    public static bool operator <(Asn left, Asn right) => left.Number < right.Number;

    public static bool operator >(Asn left, Asn right) => left.Number > right.Number;

    public static bool operator <=(Asn left, Asn right) => left.Number <= right.Number;

    public static bool operator >=(Asn left, Asn right) => left.Number >= right.Number;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"AS{Number}");
}
