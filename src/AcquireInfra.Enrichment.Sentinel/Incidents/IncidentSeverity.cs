using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Sentinel.Incidents;

/// <summary>Severities of incidents, in Sentinel's words and order.</summary>
public enum IncidentSeverity
{
    Informational = 0,
    Low = 1,
    Medium = 2,
    High = 3,
}

public static class IncidentSeverities
{
    /// <summary>Whatever its case; a number is no severity.</summary>
    public static bool TryParse(string word, out IncidentSeverity severity)
    {
        var index = Array.FindIndex(Enum.GetNames<IncidentSeverity>(), name => name.Equals(word, StringComparison.OrdinalIgnoreCase));
        severity = (IncidentSeverity)Math.Max(index, 0);
        return index >= 0;
    }

    /// <summary>What an address of this level makes of an incident: a rented server alone is <c>low</c>, and raises nothing.</summary>
    public static IncidentSeverity Of(RiskLevel level) => level switch
    {
        RiskLevel.Critical => IncidentSeverity.High,
        RiskLevel.High => IncidentSeverity.Medium,
        RiskLevel.Medium => IncidentSeverity.Low,
        _ => IncidentSeverity.Informational,
    };
}
