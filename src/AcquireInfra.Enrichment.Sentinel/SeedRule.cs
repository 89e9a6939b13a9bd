namespace AcquireInfra.Enrichment.Sentinel;

/// <summary>What the seed detection of T1583 counts of one user, ASN and location in a day.</summary>
/// <param name="SignIns">Successful sign-ins.</param>
/// <param name="UniqueAddresses">Distinct source addresses.</param>
/// <param name="Applications">Display names of the applications signed in to.</param>
public sealed record SeedSummary(int SignIns, int UniqueAddresses, IReadOnlyCollection<string> Applications);

/// <summary>
/// The risk score of the seed detection as it was given, 4 to 9, so that a repaired score can stand beside it. It is kept with its
/// defects: it knows nothing of the address, and only one of its application names occurs in real sign-ins.
/// </summary>
public static class SeedRule
{
    /// <summary>From this score on the seed detection alerts.</summary>
    public const int AlertsFrom = 5;

    static readonly string[] ManagementApplications = ["Azure Portal", "Microsoft Azure Management", "Azure Active Directory"];

    static readonly string[] HostingAsns = ["9009", "202448", "16276", "14061", "63949", "24940", "51167", "47583", "60068", "174", "3257"];

    static readonly string[] LocationWords = ["vpn", "tor", "proxy", "anonymizer", "hosting", "datacenter"];

    static readonly string[] RiskEvents = ["anonymizedIPAddress", "maliciousIPAddress"];

    static readonly string[] ExcludedAddresses = ["127.0.0.1", "::1", "0.0.0.0"];

    /// <summary>Whether the seed's query would have kept a sign-in. A result that is not told counts as a success.</summary>
    /// <param name="asn">As digits.</param>
    /// <param name="networkLocation">NetworkLocationDetails, which tells of the tenant's own named locations: the seed takes them for the stranger's.</param>
    public static bool Matches(string? resultType, string asn, string? networkLocation, IReadOnlyList<string>? riskEvents, string address) =>
        (string.IsNullOrEmpty(resultType) || resultType == "0")
        && (HostingAsns.Contains(asn) || HasAny(networkLocation, LocationWords) || riskEvents?.Any(given => HasAny(given, RiskEvents)) == true)
        && !ExcludedAddresses.Contains(address);

    public static int Score(SeedSummary summary) => summary switch
    {
        _ when summary.Applications.Any(IsManagement) => 9,
        { UniqueAddresses: > 5 } => 8,
        { UniqueAddresses: > 2 } => 6,
        { SignIns: > 10 } => 5,
        _ => 4,
    };

    // KQL's has_any: whole terms, whatever their case; a term is a run of letters and digits.
    static bool HasAny(string? text, string[] terms)
    {
        foreach (var term in terms)
        {
            for (var at = text?.IndexOf(term, StringComparison.OrdinalIgnoreCase) ?? -1; at >= 0; at = text!.IndexOf(term, at + 1, StringComparison.OrdinalIgnoreCase))
            {
                var end = at + term.Length;
                if ((at == 0 || !char.IsLetterOrDigit(text![at - 1])) && (end == text!.Length || !char.IsLetterOrDigit(text[end])))
                {
                    return true;
                }
            }
        }
        return false;
    }

    // has_any over a set of names: any name that holds one of the phrases, whatever its case.
    static bool IsManagement(string application) =>
        ManagementApplications.Any(phrase => application.Contains(phrase, StringComparison.OrdinalIgnoreCase));
}
