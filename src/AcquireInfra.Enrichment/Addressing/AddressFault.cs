namespace AcquireInfra.Enrichment.Addressing;

/// <summary>Why a text is no address. The words are contract: they stand in answers, CLI output and bulk rows.</summary>
public enum AddressFault
{
    None = 0,
    Empty,
    TooLong,
    BadCharacter,
    NotAnAddress,
    IPv4PartCount,
    IPv4LeadingZero,
    IPv4PartRange,
    IPv6Groups,
    BadPort,
    BadZone,
    BadBracket,
    IsARange,
}

public static class AddressFaultWords
{
    /// <summary>The fixed word, as answers show it.</summary>
    public static string Word(this AddressFault fault) => fault switch
    {
        AddressFault.None => "none",
        AddressFault.Empty => "empty",
        AddressFault.TooLong => "too_long",
        AddressFault.BadCharacter => "bad_character",
        AddressFault.NotAnAddress => "not_an_address",
        AddressFault.IPv4PartCount => "ipv4_part_count",
        AddressFault.IPv4LeadingZero => "ipv4_leading_zero",
        AddressFault.IPv4PartRange => "ipv4_part_range",
        AddressFault.IPv6Groups => "ipv6_groups",
        AddressFault.BadPort => "bad_port",
        AddressFault.BadZone => "bad_zone",
        AddressFault.BadBracket => "bad_bracket",
        AddressFault.IsARange => "is_a_range",
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, null),
    };

    /// <summary>What is wrong, as the end of a sentence that begins with the quoted input.</summary>
    public static string Explain(this AddressFault fault) => fault switch
    {
        AddressFault.Empty => "is empty",
        AddressFault.TooLong => "is longer than 128 characters",
        AddressFault.BadCharacter => "has a character that no address has",
        AddressFault.IPv4PartCount => "is not four decimal parts",
        AddressFault.IPv4LeadingZero => "has a part with a leading zero, which readers take for octal or decimal",
        AddressFault.IPv4PartRange => "has a part above 255",
        AddressFault.IPv6Groups => "is not eight groups of hexadecimal digits, or fewer round one '::'",
        AddressFault.BadPort => "has a port that is not 0 to 65535, or none after the colon",
        AddressFault.BadZone => "has a zone where none may be, or a malformed one",
        AddressFault.BadBracket => "has brackets that do not hold one IPv6 address",
        AddressFault.IsARange => "names a range, and one address is wanted",
        _ => "is not an IPv4 or IPv6 address",
    };
}
