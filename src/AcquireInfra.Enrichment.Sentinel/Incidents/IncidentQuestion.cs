using AcquireInfra.Enrichment.Addressing;

namespace AcquireInfra.Enrichment.Sentinel.Incidents;

/// <summary>An address that an entity names.</summary>
/// <param name="Input">The text it was read from, fit to be shown.</param>
/// <param name="CarriedBy">The NAT64, 6to4 or Teredo address that it lies in; empty where it lies in none.</param>
public readonly record struct NamedAddress(Address Address, string Input, string CarriedBy = "");

/// <summary>What an entity names and is not judged.</summary>
/// <param name="Value">As far as it can be shown.</param>
/// <param name="Reason">A fixed word: a scope that is not global, a fault of the text, or <c>duplicate</c>.</param>
public sealed record SkippedEntity(string Value, string Reason);

/// <summary>A comment that the incident has already.</summary>
/// <param name="Name">Its own name, by which it can be changed; empty where it is not known.</param>
public readonly record struct EarlierComment(string Name, string Message);

/// <summary>What is asked about one incident, read.</summary>
/// <param name="IncidentArmId">Empty where there is no incident.</param>
/// <param name="Severity">As it was given; empty where it was not.</param>
/// <param name="Addresses">Global ones, each once.</param>
/// <param name="OtherEntities">How many entities name no address: accounts, hosts and URLs by name, files.</param>
/// <param name="Unread">How many are past the most that one incident may have.</param>
/// <param name="AlertAddresses">Those of the alert itself; null where the caller does not tell them from the rest.</param>
/// <param name="At">When to judge; null for now.</param>
/// <param name="MaxComment">Most characters of the comment; null for as many as there may be.</param>
public sealed record IncidentQuestion(
    string IncidentArmId, string Severity, IReadOnlyList<NamedAddress> Addresses, IReadOnlyList<SkippedEntity> Skipped, int OtherEntities, int Unread,
    IReadOnlySet<Address>? AlertAddresses, DateTimeOffset? At, IReadOnlyList<EarlierComment> Comments, int? MaxComment,
    IReadOnlyList<string> Warnings)
{
    /// <summary>All entities that were given.</summary>
    public int EntityCount => Addresses.Count + Skipped.Count + OtherEntities + Unread;
}
