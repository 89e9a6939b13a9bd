using AcquireInfra.Enrichment.Sentinel.SignIns;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Tests.Snapshots;
using AcquireInfra.Enrichment.Tests.Verdicts;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Sentinel.Tests.SignIns;

/// <summary>
/// A small internet in a global /8, with ASNs of documentation. Each network stands for one of the golden cases and gets its score from
/// the kind of source that lists such a network: only the bundled policies have numbers.
/// </summary>
internal static class SignInFixture
{
    public const string Hoster = "9.0.0.7";          // AS64496, its role is certain: a rented server
    public const string OtherHoster = "9.1.0.7";     // AS64497, by its brand
    public const string TorExit = "9.0.1.7";         // listed, in the first hoster
    public const string Dropped = "9.2.0.7";         // AS64498, on an ASN list of networks run for crime
    public const string Vpn = "9.1.1.7";             // an exit of Example VPN, in the other hoster
    public const string OtherVpnExit = "9.0.2.7";    // another exit of it, in the first
    public const string Relay = "9.3.0.7";           // a privacy relay, which VPN lists hold too
    public const string Gateway = "9.4.0.7";         // AS64500, a SASE gateway
    public const string Cloud = "9.5.0.7";           // AS64501, a cloud that serves its own too: desktops that are rented with an office suite
    public const string Carrier = "9.6.0.7";         // AS64502, transit
    public const string Mobile = "9.7.0.7";          // AS64503, an access network's mobile range, and one list of abuse has the address
    public const string Home = "9.7.9.7";            // AS64503
    public const string Unlisted = "9.8.0.7";        // AS64504, of which nothing is known

    public static DateTimeOffset Now => TestSources.Day;

    public static SignInPolicy Policy { get; } = SignInPolicy.Parse(BundledJson());

    public static Judge Judge { get; } = new(OpenSnapshot(), TestPolicy.Bundled, Now);

    public static SignInScorer Scorer { get; } = new(Policy);

    public static byte[] BundledJson() => File.ReadAllBytes(Path.Combine(TestPolicy.RepositoryRoot, "data", "signin-policy.json"));

    static Snapshot OpenSnapshot() => TestSources.Open(
        TestSources.AsnTable("""
            9.0.0.0,9.0.255.255,64496,Hoster
            9.1.0.0,9.1.255.255,64497,Other hoster
            9.2.0.0,9.2.255.255,64498,Dropped
            9.3.0.0,9.3.255.255,64499,Content network
            9.4.0.0,9.4.255.255,64500,Gateway
            9.5.0.0,9.5.255.255,64501,Cloud
            9.6.0.0,9.6.255.255,64502,Carrier
            9.7.0.0,9.7.255.255,64503,Line
            9.8.0.0,9.8.255.255,64504,Nobody knows

            """),
        TestSources.Roles("""
            64496,hosting,Hoster,certain,
            64497,hosting,Other hoster,brand,
            64498,hosting,,name,
            64499,cdn,,certain,
            64500,enterpriseGateway,Gateway,certain,
            64501,hosting,Cloud,knowledge,
            64502,transit,,certain,
            64503,access,,knowledge,

            """),
        TestSources.Prefixes("tor-list", "tor", "9.0.1.0/24\n", Authoritative),
        TestSources.Asns("dropped-asns", "bulletproof", "AS64498\n", Authoritative),
        TestSources.Prefixes("vpn-list", "vpn", "9.1.1.0/24\n9.0.2.0/24\n", info => info with { Provider = "Example VPN", Reliability = 0.95 }),
        TestSources.Prefixes("relay-list", "relay", "9.3.0.0/24\n", Authoritative),
        TestSources.Prefixes("mobile-ranges", "mobile", "9.7.0.0/24\n", Authoritative),
        TestSources.Prefixes("abuse-list", "abuse", "9.7.0.7/32\n", info => info with { Reliability = 0.55, Covers = [] }));

    static SourceInfo Authoritative(SourceInfo info) => info with { Authoritative = true, Reliability = 0.97 };
}
