using System.Text.Json.Serialization;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Sentinel.Incidents;

/// <summary>The verdict on one address of an incident, flat. What is not known is an empty text or 0, so that a playbook needs no test for null.</summary>
public sealed record IncidentItem
{
    /// <summary>The address in canonical text.</summary>
    public required string Ip { get; init; }

    /// <summary>As the entity names it.</summary>
    public required string Input { get; init; }

    /// <summary>The NAT64, 6to4 or Teredo address that it lies in, and that the entity names; empty where it lies in none.</summary>
    public required string CarriedBy { get; init; }

    /// <summary>hostileInfrastructure, anonymizer, hosting, benignService, ordinary or unlisted.</summary>
    public required string Verdict { get; init; }

    /// <summary>minimal, low, medium, high or critical.</summary>
    public required string Level { get; init; }

    /// <summary>0..100.</summary>
    public required int Score { get; init; }

    /// <summary>0..100: how much is known, not how bad it is.</summary>
    public required int Confidence { get; init; }

    /// <summary>Categories the address is in, the telling ones first, parted by commas.</summary>
    public required string Categories { get; init; }

    /// <summary>The same as an array.</summary>
    public required IReadOnlyList<string> CategoryList { get; init; }

    public required string Provider { get; init; }

    /// <summary>0 where no ASN announces it.</summary>
    public required uint Asn { get; init; }

    public required string AsnName { get; init; }

    public required string AsnRole { get; init; }

    public required string Network { get; init; }

    /// <summary>The verdict in one sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>What overrides do: allow, block, suppress and tags, parted by blanks; empty where none touches it.</summary>
    public required string Override { get; init; }

    /// <summary>Whether it is an address of the alert itself; true where the caller does not tell them from the rest.</summary>
    public required bool IsOfAlert { get; init; }

    /// <summary>When a source saw it last in the category that leads; empty where nothing is listed.</summary>
    public required string LastSeen { get; init; }

    /// <summary>The verdict of now, where the rest is of another time.</summary>
    public required string VerdictNow { get; init; }

    public required string LevelNow { get; init; }

    /// <summary>0..100.</summary>
    public required int ScoreNow { get; init; }

    public required string CategoriesNow { get; init; }

    /// <summary>Whether verdict, level, categories, provider or ASN are others now.</summary>
    public required bool Changed { get; init; }

    [JsonIgnore]
    internal Address Address { get; init; }

    [JsonIgnore]
    internal RiskLevel RiskLevel { get; init; }

    /// <summary>Whether somebody has said that its risk is none.</summary>
    [JsonIgnore]
    internal bool IsAllowed { get; init; }

    /// <summary>The reason without what was not assessed.</summary>
    [JsonIgnore]
    internal string ReasonOfVerdict { get; init; } = "";
}
