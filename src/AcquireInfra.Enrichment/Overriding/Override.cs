using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Overriding;

/// <summary>What an operator says of addresses, beside what the sources say; it ends by itself.</summary>
/// <param name="Categories">Of a suppress, whose evidence does not count; of an allow, which of tor, bulletproof and abuse it dampens too.</param>
/// <param name="Tag">Of a tag, the word; else null.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="Owner">Who answers for it.</param>
/// <param name="ExpiresAt">From this second on it is not in force.</param>
/// <param name="Revision">Of the set in which it became what it is.</param>
public sealed record Override(
    string Id, OverrideTarget Target, OverrideEffect Effect, CategorySet Categories, string? Tag, string Reason, string Owner,
    DateTimeOffset ExpiresAt, long Revision);
