using System.Text;
using AcquireInfra.Enrichment.Addressing;

namespace AcquireInfra.Enrichment.Overriding;

public enum TargetKind
{
    Provider = 0,
    Asn = 1,
    Prefix = 2,
    Ip = 3,
}

/// <summary>What an override is about: one address, a prefix, an ASN, or a provider as verdicts name it.</summary>
public sealed record OverrideTarget
{
    /// <summary>Longest name of a provider, in characters.</summary>
    public const int MaxProviderLength = 100;

    const string ProviderMark = "provider:";

    OverrideTarget(TargetKind kind) => Kind = kind;

    public TargetKind Kind { get; }

    /// <summary>Of an address, the prefix that holds it alone; meaningless of an ASN and a provider.</summary>
    public Prefix Prefix { get; private init; }

    public Asn Asn { get; private init; }

    /// <summary>Empty where the target is none.</summary>
    public string Provider { get; private init; } = "";

    public static OverrideTarget Of(Address address) => new(TargetKind.Ip) { Prefix = Prefix.Create(address, address.Bits) };

    public static OverrideTarget Of(Prefix prefix) => new(TargetKind.Prefix) { Prefix = prefix };

    public static OverrideTarget Of(Asn asn) => new(TargetKind.Asn) { Asn = asn };

    public static OverrideTarget OfProvider(string name) => new(TargetKind.Provider) { Provider = name };

    public bool IsSpace => Kind >= TargetKind.Prefix;

    /// <summary>The larger of two that touch an address is the closer one: address, longer prefix, shorter prefix, ASN, provider.</summary>
    public int Specificity => Kind switch
    {
        TargetKind.Ip => 2 + 129,
        TargetKind.Prefix => 2 + Prefix.Length,
        TargetKind.Asn => 1,
        _ => 0,
    };

    /// <summary>Reads what <see cref="ToString"/> writes, and any spelling of an address: <c>192.0.2.7</c>, <c>192.0.2.0/24</c>, <c>AS64500</c>, <c>provider:Example</c>.</summary>
    /// <param name="wrong">What is wrong, as the end of a sentence that begins with what was given; null where nothing is.</param>
    public static OverrideTarget? Read(string text, out string? wrong)
    {
        wrong = null;
        if (text.StartsWith(ProviderMark, StringComparison.OrdinalIgnoreCase))
        {
            return ReadProvider(text[ProviderMark.Length..], out wrong);
        }
        if (text.StartsWith("AS", StringComparison.OrdinalIgnoreCase))
        {
            return ReadAsn(text, out wrong);
        }
        return text.Contains('/', StringComparison.Ordinal) ? ReadPrefix(text, out wrong) : ReadIp(text, out wrong);
    }

    /// <inheritdoc cref="Read"/>
    public static OverrideTarget? ReadIp(string text, out string? wrong)
    {
        var isAddress = AddressParser.TryParse(text, out var address, out var fault);
        wrong = isAddress ? null : $"{fault.Explain()}; send one address like 192.0.2.7 or 2001:db8::7";
        return isAddress ? Of(address) : null;
    }

    /// <inheritdoc cref="Read"/>
    public static OverrideTarget? ReadPrefix(string text, out string? wrong)
    {
        var fault = Prefix.Parse(Encoding.UTF8.GetBytes(text), out var prefix);
        wrong = fault switch
        {
            PrefixFault.None => null,
            PrefixFault.HostBitsSet => $"has address bits behind its length; the prefix of that length is {prefix}",
            _ => "is no prefix; send one like 192.0.2.0/24 or 2001:db8::/32",
        };
        return wrong is null ? Of(prefix) : null;
    }

    /// <inheritdoc cref="Read"/>
    public static OverrideTarget? ReadAsn(string text, out string? wrong)
    {
        var isAsn = Asn.TryParse(Encoding.UTF8.GetBytes(text), out var asn) && asn.Number > 0;
        wrong = isAsn ? null : "is no ASN; send a number from 1 to 4294967295";
        return isAsn ? Of(asn) : null;
    }

    /// <inheritdoc cref="Read"/>
    public static OverrideTarget? ReadProvider(string text, out string? wrong)
    {
        wrong = OverrideRules.IsShowable(text, MaxProviderLength) ? null : $"is no provider; send its name as verdicts have it, 1 to {MaxProviderLength} printable characters";
        return wrong is null ? OfProvider(text) : null;
    }

    public bool Equals(OverrideTarget? other) => other is not null && Kind == other.Kind && Prefix == other.Prefix && Asn == other.Asn
        && string.Equals(Provider, other.Provider, StringComparison.OrdinalIgnoreCase);

    public override int GetHashCode() => HashCode.Combine(Kind, Prefix, Asn, StringComparer.OrdinalIgnoreCase.GetHashCode(Provider));

    public override string ToString() => Kind switch
    {
        TargetKind.Ip => Prefix.Network.ToString(),
        TargetKind.Prefix => Prefix.ToString(),
        TargetKind.Asn => Asn.ToString(),
        _ => ProviderMark + Provider,
    };
}
