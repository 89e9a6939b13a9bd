using System.Globalization;
using System.Text;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Overriding;

/// <summary>What is wrong with one field of an override.</summary>
/// <param name="Given">What it was; not made printable.</param>
/// <param name="Expected">The end of a sentence that begins with what was given.</param>
public sealed record OverrideFault(string Field, string Given, string Expected)
{
    /// <summary>Whether it is a matter of the caller's role, and not of the override.</summary>
    public bool IsOfRole { get; init; }

    public override string ToString() => $"{Field}: '{SafeText.Shown(Given)}' {Expected}.";
}

/// <summary>What an override must be. Its texts go into logs, tables and pages, so that what could steer those is refused, not mended.</summary>
public static class OverrideRules
{
    public const int MaxDays = 400;
    public const int MaxReasonLength = 500;
    public const int MaxOwnerLength = 100;
    public const int MaxTagLength = 40;
    public const int MaxIdLength = 64;

    // As wide as any prefix that a feed may list; the address block that is wider than this is not one operator's.
    const int MinIPv4Length = 8;
    const int MinIPv6Length = 19;

    static readonly string[] TimeFormats = ["yyyy-MM-ddTHH:mm:ssZ", "yyyy-MM-ddTHH:mmZ"];

    /// <summary>Categories that an allow dampens only where it names them.</summary>
    public static CategorySet NeverAllowed { get; } = CategorySet.Of(Category.Tor, Category.Bulletproof, Category.Abuse);

    /// <summary>Reads an override, whatever the time is.</summary>
    /// <param name="faults">Told every fault; null is returned where there is one.</param>
    public static Override? Read(OverrideEntry entry, string id, long revision, ICollection<OverrideFault> faults)
    {
        var before = faults.Count;
        Require(IsId(id), "id", id, $"is no id; send 1 to {MaxIdLength} letters, digits, dots, hyphens and underscores", faults);
        var target = TargetOf(entry.Target, faults);
        var isEffect = OverrideEffects.TryParse(entry.Effect ?? "", out var effect);
        Require(isEffect, "effect", entry.Effect ?? "", $"is no effect; send {string.Join(", ", OverrideEffects.All)}", faults);
        var categories = CategoriesOf(entry.Categories ?? [], isEffect ? effect : null, faults);
        if (isEffect)
        {
            RequireTag(entry.Tag, effect, faults);
        }
        Require(IsShowable(entry.Reason, MaxReasonLength), "reason", entry.Reason ?? "", $"is no reason; say why in 1 to {MaxReasonLength} printable characters", faults);
        Require(IsShowable(entry.Owner, MaxOwnerLength), "owner", entry.Owner ?? "", $"is no owner; say who answers for it in 1 to {MaxOwnerLength} printable characters", faults);
        var isTime = DateTimeOffset.TryParseExact(
            entry.ExpiresAt, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var expiresAt);
        Require(isTime, "expiresAt", entry.ExpiresAt ?? "", "is no time; send one like 2026-12-24T12:00:00Z, in UTC", faults);
        return faults.Count > before ? null : new(id, target!, effect, categories, entry.Tag, entry.Reason!, entry.Owner!, expiresAt, revision);
    }

    /// <summary>Reads an override that was checked before.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static Override Parse(OverrideEntry entry)
    {
        var faults = new List<OverrideFault>();
        return Read(entry, entry.Id ?? "", entry.Revision ?? 0, faults) ?? throw new FormatException($"Override '{SafeText.Shown(entry.Id ?? "")}' is none: {faults[0]}");
    }

    /// <summary>What is wrong with the end of an override that begins now; null where nothing is.</summary>
    public static OverrideFault? ExpiryFault(DateTimeOffset expiresAt, DateTimeOffset now) =>
        expiresAt <= now ? new("expiresAt", UtcTime.Text(expiresAt), "is over; send a time to come")
        : expiresAt > now.AddDays(MaxDays) ? new("expiresAt", UtcTime.Text(expiresAt), $"is more than {MaxDays} days ahead; send an earlier time, and renew the override then")
        : null;

    public static bool IsId(string id) => id.Length is > 0 and <= MaxIdLength && id.All(IsOfName);

    /// <summary>Whether a text may be shown anywhere: no control, format or separator characters, no half of a surrogate pair, not blank.</summary>
    public static bool IsShowable(string? text, int maxLength)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > maxLength)
        {
            return false;
        }
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out var used) != System.Buffers.OperationStatus.Done || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control
                or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned)
            {
                return false;
            }
            rest = rest[used..];
        }
        return true;
    }

    static OverrideTarget? TargetOf(TargetEntry? given, ICollection<OverrideFault> faults)
    {
        string?[] parts = [given?.Ip, given?.Prefix, given?.Asn?.ToString(CultureInfo.InvariantCulture), given?.Provider];
        if (parts.Count(part => part is not null) != 1)
        {
            faults.Add(new("target", string.Join(' ', parts.OfType<string>()), "is no target; send one of ip, prefix, asn and provider"));
            return null;
        }
        var text = parts.OfType<string>().Single();
        var (target, wrong) = given switch
        {
            { Ip: not null } => (OverrideTarget.ReadIp(text, out var fault), fault),
            { Prefix: not null } => (OverrideTarget.ReadPrefix(text, out var fault), fault),
            { Asn: not null } => (OverrideTarget.ReadAsn(text, out var fault), fault),
            _ => (OverrideTarget.ReadProvider(text, out var fault), fault),
        };
        wrong ??= target is { IsSpace: true } space ? WrongWith(space.Prefix) : null;
        Require(wrong is null, "target", text, wrong ?? "", faults);
        return target;
    }

    static string? WrongWith(Prefix prefix)
    {
        if (prefix.Length < (prefix.IsIPv4 ? MinIPv4Length : MinIPv6Length))
        {
            return $"is too wide; /{MinIPv4Length} is the widest IPv4 prefix, and /{MinIPv6Length} the widest IPv6 prefix";
        }
        for (var at = prefix.First; ;)
        {
            var (scope, last) = ScopeRuns.At(at);
            if (scope == AddressScope.Global)
            {
                return null;
            }
            if (last >= prefix.Last)
            {
                return "is special-purpose space, which is never judged; send global addresses";
            }
            at = Address.FromUInt128(last.Value + 1);
        }
    }

    static CategorySet CategoriesOf(IReadOnlyList<string> words, OverrideEffect? effect, ICollection<OverrideFault> faults)
    {
        var categories = CategorySet.Empty;
        foreach (var word in words)
        {
            var isCategory = Categories.TryParse(word ?? "", out var category);
            Require(isCategory, "categories", word ?? "", $"is no category; there are {string.Join(", ", Categories.All)}", faults);
            categories = isCategory ? categories.With(category) : categories;
        }
        var given = string.Join(' ', words);
        switch (effect)
        {
            case OverrideEffect.Suppress:
                Require(words.Count > 0, "categories", given, "names none; a suppress says whose evidence does not count", faults);
                break;
            case OverrideEffect.Allow:
                Require((categories & ~NeverAllowed).IsEmpty, "categories", given, "names what an allow dampens anyway; it may name tor, bulletproof and abuse, to dampen these too", faults);
                break;
            case not null:
                Require(words.Count == 0, "categories", given, "is of no use; only suppress and allow have categories", faults);
                break;
        }
        return categories;
    }

    static void RequireTag(string? tag, OverrideEffect effect, ICollection<OverrideFault> faults)
    {
        if (effect == OverrideEffect.Tag)
        {
            Require(tag?.Length is > 0 and <= MaxTagLength && tag.All(IsOfName), "tag", tag ?? "", $"is no tag; send 1 to {MaxTagLength} letters, digits, dots, hyphens and underscores", faults);
            return;
        }
        Require(tag is null, "tag", tag ?? "", "is of no use; only the effect tag has one", faults);
    }

    static bool IsOfName(char character) => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-';

    static void Require(bool condition, string field, string given, string expected, ICollection<OverrideFault> faults)
    {
        if (!condition)
        {
            faults.Add(new(field, given, expected));
        }
    }
}
