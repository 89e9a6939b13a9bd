using System.Net;
using AcquireInfra.Enrichment.Addressing;

namespace AcquireInfra.Enrichment.Parsing;

/// <summary>Reads the address part of a record: a prefix, a bare address, <c>first-last</c>, or an endpoint.</summary>
internal sealed class PrefixReader(FeedFormat format, FeedLimits limits, FeedContent content)
{
    /// <summary>UTF-8 of the zero-width space U+200B, which some publishers leave inside prefixes.</summary>
    static ReadOnlySpan<byte> ZeroWidthSpace => "\u200B"u8;

    public void Read(ReadOnlySpan<byte> text, Asn asn, int label, int line, int column)
    {
        if (text.IndexOf(ZeroWidthSpace) >= 0 && text.Length <= AddressParser.MaxCharacters)
        {
            Span<byte> cleaned = stackalloc byte[AddressParser.MaxCharacters];
            Read(cleaned[..RemoveZeroWidthSpaces(text, cleaned)], asn, label, line, column);
            return;
        }
        text = text.Trim(" \t"u8);
        if (format.Endpoints)
        {
            text = HostOf(text);
        }
        var dash = text.IndexOf((byte)'-');
        if (dash > 0)
        {
            ReadRange(text[..dash].Trim(" \t"u8), text[(dash + 1)..].Trim(" \t"u8), asn, label, line, column);
            return;
        }
        switch (Prefix.Parse(text, out var prefix))
        {
            case PrefixFault.None:
                Add(prefix, asn, label, line, column);
                break;
            case PrefixFault.BadLength when TryReadNetmask(text, out prefix):
                Add(prefix, asn, label, line, column);
                break;
            case PrefixFault.BadLength:
                content.Fault(FeedFault.BadPrefixLength, line, column);
                break;
            case PrefixFault.HostBitsSet:
                content.Fault(FeedFault.HostBitsSet, line, column);
                break;
            default:
                content.Fault(FeedFault.BadAddress, line, column);
                break;
        }
    }

    public void ReadRange(ReadOnlySpan<byte> first, ReadOnlySpan<byte> last, Asn asn, int label, int line, int column)
    {
        if (Prefix.Parse(first, out var from) != PrefixFault.None || Prefix.Parse(last, out var to) != PrefixFault.None
            || from.Length != from.Network.Bits || to.Length != to.Network.Bits)
        {
            content.Fault(FeedFault.BadAddress, line, column);
            return;
        }
        if (!AddressRange.TryCreate(from.Network, to.Network, out var range))
        {
            content.Fault(FeedFault.BadRange, line, column);
            return;
        }
        foreach (var prefix in range.ToPrefixes())
        {
            Add(prefix, asn, label, line, column);
        }
    }

    public void Add(Prefix prefix, Asn asn, int label, int line, int column)
    {
        if (prefix.Length < (prefix.IsIPv4 ? limits.MinIPv4Length : limits.MinIPv6Length))
        {
            content.Fault(FeedFault.TooWide, line, column);
            content.NoteTooWide(prefix);
        }
        else if (!format.AllowSpecialPurpose && SpecialPurpose.Overlaps(prefix))
        {
            content.Fault(FeedFault.SpecialPurpose, line, column);
        }
        else if (!format.IsAsnTable && IsOfOwner(prefix))
        {
            content.Fault(FeedFault.OwnerSpace, line, column);
        }
        else
        {
            content.Add(prefix, asn, label);
        }
    }

    bool IsOfOwner(Prefix prefix)
    {
        for (var at = 0; at < limits.OwnerPrefixes.Count; at++)
        {
            if (limits.OwnerPrefixes[at].Contains(prefix.Network) || prefix.Contains(limits.OwnerPrefixes[at].Network))
            {
                return true;
            }
        }
        return false;
    }

    // "192.0.2.0/255.255.255.0", as older lists write it; IPNetwork2 knows which masks are lengths.
    static bool TryReadNetmask(ReadOnlySpan<byte> text, out Prefix prefix)
    {
        prefix = default;
        var slash = text.IndexOf((byte)'/');
        return slash > 0 && Prefix.Parse(text[..slash], out var network) == PrefixFault.None && network.IsIPv4
            && Prefix.Parse(text[(slash + 1)..], out var mask) == PrefixFault.None && mask.IsIPv4
            && IPNetwork2.TryToCidr(mask.Network.ToIPAddress(), out var length)
            && Prefix.TryCreate(network.Network, length, out prefix) && prefix.Network == network.Network;
    }

    static int RemoveZeroWidthSpaces(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var written = 0;
        while (!text.IsEmpty)
        {
            if (text.StartsWith(ZeroWidthSpace))
            {
                text = text[ZeroWidthSpace.Length..];
                continue;
            }
            destination[written++] = text[0];
            text = text[1..];
        }
        return written;
    }

    // scheme://host:port, host:port:country, [v6]:port, or the bare host.
    static ReadOnlySpan<byte> HostOf(ReadOnlySpan<byte> text)
    {
        var scheme = text.IndexOf("://"u8);
        text = scheme >= 0 ? text[(scheme + 3)..] : text;
        if (text.StartsWith("["u8))
        {
            var close = text.IndexOf((byte)']');
            return close < 0 ? text : text[1..close];
        }
        var colon = text.IndexOf((byte)':');
        var isIPv4 = colon > 0 && text[..colon].Contains((byte)'.');
        return isIPv4 ? text[..colon] : text;
    }
}
