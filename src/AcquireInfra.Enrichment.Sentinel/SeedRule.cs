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

    public static int Score(SeedSummary summary) => summary switch
    {
        _ when summary.Applications.Any(IsManagement) => 9,
        { UniqueAddresses: > 5 } => 8,
        { UniqueAddresses: > 2 } => 6,
        { SignIns: > 10 } => 5,
        _ => 4,
    };

    // has_any over a set of names: any name that holds one of the phrases, whatever its case.
    static bool IsManagement(string application) =>
        ManagementApplications.Any(phrase => application.Contains(phrase, StringComparison.OrdinalIgnoreCase));
}
