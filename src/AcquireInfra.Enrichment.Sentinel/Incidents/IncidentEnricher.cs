using System.Text.RegularExpressions;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Overriding;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Sentinel.Incidents;

/// <summary>Answers for an incident: a pure function of the question and of the judges, so that asking twice changes nothing.</summary>
public static partial class IncidentEnricher
{
    const string TagPrefix = "AcquireInfra:";

    // What a tag tells of an incident: not that an address belongs to a school.
    static readonly CategorySet Telling = CategorySet.Of(
        Category.Hosting, Category.Vpn, Category.Proxy, Category.ResidentialProxy, Category.Tor, Category.Relay, Category.Bulletproof, Category.Abuse, Category.Scanner);

    /// <param name="judge">Of the time that is asked for.</param>
    /// <param name="present">Of now; the same where it is now that is asked for.</param>
    /// <param name="mostCharacters">Of a comment.</param>
    public static IncidentAnswer Enrich(IncidentQuestion question, Judge judge, Judge present, int mostCharacters)
    {
        var reports = question.Addresses.Select(named => (named, report: judge.Explain(named.Address))).ToList();
        var items = reports.Select(pair => ItemOf(question, pair.named, pair.report, judge, present))
            .OrderByDescending(item => item.Score).ThenBy(item => item.Address).ToList();
        var unassessed = Categories.All.Intersect(reports.SelectMany(pair => pair.report.Unassessed).Select(category => category.Word())).ToList();
        var tags = TagsOf(items, reports.Select(pair => pair.report));
        var (suggested, raised) = SeverityOf(question, items);
        var marker = CommentMarker.Of(judge.Snapshot.Id, ContentOf(question, items));
        var warnings = question.Warnings.Concat(reports.SelectMany(pair => pair.report.Warnings)).Distinct().ToList();
        var (html, isCut) = new IncidentComment(question, items, unassessed, warnings, judge, isPast: judge.At != present.At || judge.Snapshot != present.Snapshot)
            .Write(marker, Math.Clamp(question.MaxComment ?? mostCharacters, IncidentComment.FewestCharacters, mostCharacters));
        var ours = question.Comments.Where(comment => CommentMarker.In(comment.Message) is not null).ToList();
        var categories = items.SelectMany(item => item.CategoryList).Distinct().ToList();
        return new()
        {
            IncidentArmId = question.IncidentArmId,
            EntityCount = question.EntityCount,
            EnrichedCount = items.Count,
            SkippedCount = question.Skipped.Count + question.Unread,
            OtherEntityCount = question.OtherEntities,
            RiskyCount = items.Count(item => item.RiskLevel >= RiskLevel.Medium),
            UnlistedCount = items.Count(item => item.Verdict == VerdictKind.Unlisted.Word()),
            AllowedCount = items.Count(item => item.IsAllowed),
            ChangedCount = items.Count(item => item.Changed),
            MaxScore = items.FirstOrDefault()?.Score ?? 0,
            Level = items.FirstOrDefault()?.Level ?? "",
            Verdict = items.FirstOrDefault()?.Verdict ?? "",
            Categories = string.Join(", ", categories),
            CategoryList = categories,
            Severity = question.Severity,
            SuggestedSeverity = suggested,
            SeverityRaised = raised,
            Tags = tags,
            TagsToAdd = [.. tags.Select(tag => new IncidentTag(tag))],
            CommentHtml = html,
            Truncated = isCut,
            AlreadyCommented = ours.Count > 0,
            CommentChanged = !ours.Exists(comment => CommentMarker.In(comment.Message)!.Value.Content == marker.Content),
            ExistingCommentName = ours.LastOrDefault(comment => CommentName().IsMatch(comment.Name)).Name ?? "",
            Items = items,
            Skipped = question.Skipped,
            Warnings = warnings,
            Unassessed = string.Join(", ", unassessed),
            SnapshotId = judge.Snapshot.Id,
            PolicyVersion = judge.PolicyVersion,
            OverridesRevision = judge.Overrides.Revision,
            JudgedAt = judge.At.UtcDateTime,
        };
    }

    static IncidentItem ItemOf(IncidentQuestion question, NamedAddress named, VerdictReport report, Judge judge, Judge present)
    {
        var verdict = report.Verdict;
        var now = ReferenceEquals(judge, present) ? null : FactsOf(present, named.Address);
        var verdictNow = now?.Verdict ?? verdict;
        IReadOnlyList<string> categories = [.. report.Categories.Select(category => category.Word())];
        var categoriesNow = now is null ? categories : [.. now.Categories.Select(category => category.Word())];
        return new()
        {
            Address = named.Address,
            RiskLevel = verdict.Level,
            IsAllowed = report.Override?.Match.Effect == OverrideEffect.Allow,
            ReasonOfVerdict = report.ReasonOfVerdict,
            Ip = named.Address.ToString(),
            Input = named.Input,
            CarriedBy = named.CarriedBy,
            Verdict = verdict.Kind.Word(),
            Level = verdict.Level.Word(),
            Score = verdict.Score,
            Confidence = verdict.Confidence,
            Categories = string.Join(", ", categories),
            CategoryList = categories,
            Provider = report.Provider ?? "",
            Asn = report.Asn?.Asn.Number ?? 0,
            AsnName = report.Asn?.Name ?? "",
            AsnRole = report.Asn?.Role.WordIfKnown() ?? "",
            Network = report.Network?.ToString() ?? "",
            Reason = report.Reason,
            Override = report.Override?.Match.Words ?? "",
            IsOfAlert = question.AlertAddresses?.Contains(named.Address) ?? true,
            LastSeen = report.Points.FirstOrDefault(points => report.Categories.Contains(points.Category)) is { Evidence: [var evidence, ..] } ? UtcTime.Text(evidence.LastSeenAt) : "",
            VerdictNow = verdictNow.Kind.Word(),
            LevelNow = verdictNow.Level.Word(),
            ScoreNow = verdictNow.Score,
            CategoriesNow = string.Join(", ", categoriesNow),
            // The score alone is no news: it falls from day to day.
            Changed = now is not null && ((verdict.Kind, verdict.Level, report.Provider, report.Asn?.Asn) != (verdictNow.Kind, verdictNow.Level, now.Provider, now.Asn?.Asn)
                || !categories.SequenceEqual(categoriesNow)),
        };
    }

    static ProfileFacts FactsOf(Judge judge, Address address) =>
        ProfileFacts.Of(judge, judge.Snapshot.Find(address), AddressScope.Global, !address.IsIPv4, judge.MatchOf(address));

    // Only raised, and only by what the alert itself names where that is known: incidents are merged, and carry addresses of other alerts.
    static (string Suggested, bool Raised) SeverityOf(IncidentQuestion question, IReadOnlyList<IncidentItem> items)
    {
        var reached = items.Where(item => item.IsOfAlert).Select(item => IncidentSeverities.Of(item.RiskLevel)).DefaultIfEmpty().Max();
        return IncidentSeverities.TryParse(question.Severity, out var given)
            ? ((IncidentSeverity)Math.Max((int)given, (int)reached) is var suggested ? suggested.ToString() : "", reached > given)
            : (question.Severity.Length > 0 ? question.Severity : reached.ToString(), false);
    }

    static List<string> TagsOf(IReadOnlyList<IncidentItem> items, IEnumerable<VerdictReport> reports)
    {
        var telling = Telling.Members().Select(category => category.Word()).ToHashSet();
        var ofCategories = items.Where(item => !item.IsAllowed).SelectMany(item => item.CategoryList).Where(telling.Contains).Distinct().Select(word => TagPrefix + word);
        var blocked = reports.Any(report => report.Override?.Match.IsBlock == true) ? (string[])[TagPrefix + OverrideEffect.Block.Word()] : [];
        return [.. blocked, .. ofCategories];
    }

    // What makes a comment another one.
    static IEnumerable<string> ContentOf(IncidentQuestion question, IReadOnlyList<IncidentItem> items) =>
    [
        question.At is { } at ? UtcTime.Text(at) : "",
        .. question.Skipped.Select(skipped => $"{skipped.Value}|{skipped.Reason}").Order(StringComparer.Ordinal),
        .. items.OrderBy(item => item.Address).Select(item =>
            $"{item.Ip}|{item.Verdict}|{item.Level}|{item.Categories}|{item.Provider}|{item.Asn}|{item.Override}|{item.Changed}|{item.VerdictNow}|{item.LevelNow}|{item.CategoriesNow}"),
    ];

    // It becomes part of an address in a playbook: nothing that could lead elsewhere is a name.
    [GeneratedRegex("^[0-9A-Za-z-]{1,64}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CommentName();
}
