namespace AcquireInfra.Enrichment.Sentinel.SignIns;

/// <summary>What is to be done about a principal's sign-ins.</summary>
public enum Disposition
{
    Close = 0,
    Watch = 1,
    Triage = 2,
    Contain = 3,
}

public static class Dispositions
{
    static readonly string[] Words = ["close", "watch", "triage", "contain"];

    public static IReadOnlyList<string> All => Words;

    public static string Word(this Disposition disposition) => Words[(int)disposition];

    /// <param name="score">0..100.</param>
    public static Disposition Of(int score, DispositionPolicy policy) =>
        score >= policy.Contain ? Disposition.Contain
        : score >= policy.Triage ? Disposition.Triage
        : score >= policy.Watch ? Disposition.Watch
        : Disposition.Close;
}

public enum PrincipalKind
{
    User = 0,
    ServicePrincipal = 1,
    ManagedIdentity = 2,
}

public static class PrincipalKinds
{
    static readonly string[] Words = ["user", "servicePrincipal", "managedIdentity"];

    public static IReadOnlyList<string> All => Words;

    public static string Word(this PrincipalKind kind) => Words[(int)kind];

    public static bool TryParse(string word, out PrincipalKind kind)
    {
        var index = Array.FindIndex(Words, known => known.Equals(word, StringComparison.OrdinalIgnoreCase));
        kind = (PrincipalKind)Math.Max(index, 0);
        return index >= 0;
    }
}

/// <summary>What became of a sign-in: words of the policy.</summary>
public static class SignInOutcomes
{
    public const string Success = "success";

    /// <summary>The password was right, and the second factor was refused or not given in time.</summary>
    public const string MfaDenied = "mfaDenied";

    /// <summary>The password was right, and a second factor or an answer was asked for.</summary>
    public const string MfaPending = "mfaPending";

    /// <summary>The password was right, and a policy stopped it.</summary>
    public const string Stopped = "stopped";

    public const string Failed = "failed";

    public static IReadOnlyList<string> All { get; } = [Success, MfaDenied, MfaPending, Stopped, Failed];
}

/// <summary>Fixed words for what adds to a score, in the order in which they are told where they add alike.</summary>
public static class SignInReason
{
    public const string Address = "address";
    public const string AddressRiskEvent = "addressRiskEvent";
    public const string NewNetwork = "newNetwork";
    public const string RiskEvent = "riskEvent";
    public const string PrivilegedRole = "privilegedRole";
    public const string ManagementApp = "managementApp";
    public const string DeviceCode = "deviceCode";
    public const string LegacyProtocol = "legacyProtocol";
    public const string ToolUserAgent = "toolUserAgent";
    public const string MfaDenied = "mfaDenied";
    public const string MfaPending = "mfaPending";
    public const string SingleFactor = "singleFactor";
    public const string Rotation = "rotation";
    public const string Spread = "spread";
    public const string DeniedThenSuccess = "deniedThenSuccess";

    /// <summary>Circumstances, which the policy has weights for.</summary>
    public static IReadOnlyList<string> Context { get; } =
        [PrivilegedRole, ManagementApp, DeviceCode, LegacyProtocol, ToolUserAgent, MfaDenied, MfaPending, SingleFactor];

    public static IReadOnlyList<string> All { get; } =
        [Address, AddressRiskEvent, NewNetwork, RiskEvent, .. Context, Rotation, Spread, DeniedThenSuccess];
}

/// <summary>Fixed words for what speaks for a sign-in.</summary>
public static class SignInMitigation
{
    public const string KnownNetwork = "knownNetwork";
    public const string CompliantDevice = "compliantDevice";
    public const string ManagedDevice = "managedDevice";
    public const string TrustedLocation = "trustedLocation";
    public const string InheritedAddress = "inheritedAddress";
    public const string SharedAddress = "sharedAddress";
    public const string OwnEgress = "ownEgress";
    public const string Allowed = "allowed";
    public const string Outcome = "outcome";
}
