using System.Globalization;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Overriding;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Verdicts;

/// <summary>The verdict as one sentence a person can act on: what it is, who says so and since when, and what nobody looked at.</summary>
internal static class ReasonText
{
    /// <summary>How the last sentence begins, where there is something that nobody looked at.</summary>
    internal const string NotAssessed = " Not assessed, for lack of a fresh source: ";

    public static string OfSpecial(AddressScope scope, string? registryName, EmbeddedReport? embedded)
    {
        var inside = embedded is null ? "" : $"; it carries {embedded.Report.Address} ({embedded.Scheme}), which is judged beside it";
        return $"Not a global address: {registryName ?? scope.ToString()}{inside}. Not judged.";
    }

    public static string Of(
        DateTimeOffset at, AsnInfo? asn, IReadOnlyList<Category> categories, IReadOnlyList<CategoryPoints> points, string? provider,
        IReadOnlyList<Category> unassessed, OverrideMatch? match)
    {
        var suppressed = points.Where(row => match?.Suppressed.Has(row.Category) == true).Select(row => row.Category.Word()).ToList();
        var words = categories.Count > 0 ? OfListed(at, asn, points.First(row => row.Category == categories[0]), provider)
            : suppressed.Count > 0 ? $"An override suppresses what sources list it for: {string.Join(", ", suppressed)}"
            : OfUnlisted(asn);
        var overrides = string.Concat((match?.Applied ?? []).Select(applied => " " + Sentence($"Override {applied.Id} ({applied.Effect.Word()}): {applied.Reason}")));
        return unassessed.Count == 0
            ? Sentence(words) + overrides
            : $"{Sentence(words)}{overrides}{NotAssessed}{string.Join(", ", unassessed.Select(category => category.Word()))}.";
    }

    // Names of organisations often end in a full stop of their own.
    static string Sentence(string words) => words.EndsWith('.') ? words : words + ".";

    static string OfListed(DateTimeOffset at, AsnInfo? asn, CategoryPoints lead, string? provider)
    {
        var best = lead.Evidence[0];
        var who = best.Provider ?? provider;
        var what = who is null ? Noun(lead.Category) : $"{Noun(lead.Category)} ({who})";
        if (best.Prefix is null)
        {
            var basis = best.Source.Kind == SourceKind.AsnRoles ? "by the role of" : $"by {best.Source.Id}, which lists all of";
            return $"{what}, {basis} {Named(asn)}";
        }
        return $"{what}, listed by {best.Source.Id} {Age(at - best.LastSeenAt)}{Around(asn)}";
    }

    static string OfUnlisted(AsnInfo? asn) => asn switch
    {
        null => "No ASN announces it and no source lists it",
        { Role: AsnRole.Transit } => $"No source lists it; {Named(asn)} is a transit carrier, whose customers may be anything",
        { Role: AsnRole.Unknown } => $"No source lists it, and nothing is known of what {Named(asn)} does",
        _ => $"No source lists it; {Named(asn)} has the role {asn.Role.Word()}",
    };

    static string Around(AsnInfo? asn) => asn switch
    {
        null => ", announced by no known ASN",
        { Role: AsnRole.Unknown } => $", in {Named(asn)}",
        _ => $", in {asn.Role.Word()} network {Named(asn)}",
    };

    static string Named(AsnInfo? asn) => asn is null ? "no known ASN" : asn.Name.Length == 0 ? asn.Asn.ToString() : $"{asn.Asn} {asn.Name}";

    static string Age(TimeSpan age) => age.TotalHours < 1 ? "within the hour"
        : age.TotalHours < 48 ? string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(age.TotalHours)} h ago")
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(age.TotalDays)} days ago");

    static string Noun(Category category) => category switch
    {
        Category.Hosting => "Rented hosting",
        Category.Vpn => "VPN exit",
        Category.Proxy => "Open proxy",
        Category.ResidentialProxy => "Residential proxy exit",
        Category.Tor => "Tor exit",
        Category.Relay => "Privacy relay",
        Category.Bulletproof => "Network run for crime or hijacked",
        Category.Abuse => "Address listed for abuse",
        Category.Scanner => "Internet scanner",
        Category.Crawler => "Crawler",
        Category.Cdn => "Content delivery network",
        Category.EnterpriseGateway => "Enterprise gateway",
        Category.Mobile => "Mobile network",
        Category.Isp => "Access network",
        Category.Education => "Education network",
        Category.Government => "Government network",
        Category.Business => "Business network",
        _ => throw new ArgumentOutOfRangeException(nameof(category), category, null),
    };
}
