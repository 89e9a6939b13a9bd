using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Sentinel.SignIns;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Sentinel.Tests.SignIns;

/// <summary>Sign-ins of which people agreed what they are, with the score of the address and that of the sign-in, each within 10.</summary>
public sealed class GoldenSignInsTests
{
    const int Within = 10;
    const string Portal = "c44b4083-3bb0-49c1-b47d-974e53cbdf3c";

    static readonly SignInEntry Success = new() { Principal = "ada", ResultType = "0" };
    static readonly SeenNetwork Office = new("", 64502, SignInFixture.Now.AddDays(-300), null);

    sealed record Golden(string Name, string Address, int AddressScore, int Score, SignInEntry SignIn, params SeenNetwork[] Seen);

    static SeenNetwork Weeks(string provider) => new(provider, 0, SignInFixture.Now.AddDays(-35), null);

    static readonly Golden[] Cases =
    [
        new("Tor, an admin, the second factor denied", SignInFixture.TorExit, 80, 90, Success with { ResultType = "500121", Privileged = true }, Office),
        new("a network on ASN-DROP, success", SignInFixture.Dropped, 85, 90, Success, Office),
        new("a rented jump box known for weeks, compliant device, portal", SignInFixture.Hoster, 18, 5, Success with { AppId = Portal, DeviceCompliant = true }, Weeks("Hoster")),
        new("a rented server first seen, Global Administrator, device code", SignInFixture.Hoster, 18, 90, Success with { Roles = ["Global Administrator"], Protocol = "deviceCode" }, Office),
        new("a VPN of the same user in the fifth week, a new exit", SignInFixture.OtherVpnExit, 45, 25, Success, Office, Weeks("Example VPN")),
        new("a privacy relay, the user's own phone", SignInFixture.Relay, 10, 5, Success with { DeviceManaged = true }, Office),
        new("a SASE gateway, portal", SignInFixture.Gateway, 3, 3, Success with { AppId = Portal }, Office),
        new("a rented desktop of the office suite, portal", SignInFixture.Cloud, 8, 5, Success with { AppId = Portal, DeviceCompliant = true }, Weeks("Cloud")),
        new("a pipeline's principal suddenly at another hoster", SignInFixture.OtherHoster, 18, 75, Success with { PrincipalKind = "servicePrincipal" }, new SeenNetwork("Cloud", 64501, SignInFixture.Now.AddDays(-200), null)),
        new("an address that nobody lists, and Entra ID calls it anonymised", SignInFixture.Unlisted, 0, 60, Success with { RiskEventTypes = ["anonymizedIPAddress"] }),
        new("an office behind a transit carrier", SignInFixture.Carrier, 1, 0, Success, Office),
        new("a mobile carrier's address on one list", SignInFixture.Mobile, 12, 5, Success, Office),
    ];

    public static TheoryData<string> Names => [.. Cases.Select(row => row.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Score_GoldenSignIn_IsWithinTen(string name)
    {
        var golden = Cases.Single(row => row.Name == name);
        var scored = ScoreOf(golden);
        Assert.True(Math.Abs(scored.Score - golden.Score) <= Within, $"{scored.Score}, {string.Join("; ", scored.Reasons)}; {string.Join("; ", scored.Mitigations)}");
        Assert.Equal(scored.Score, scored.Reasons.Sum(reason => reason.Points));
    }

    [Theory, MemberData(nameof(Names))]
    public void Verdict_GoldenAddress_IsWithinTen(string name)
    {
        var golden = Cases.Single(row => row.Name == name);
        var report = SignInFixture.Judge.Explain(Address.Parse(golden.Address));
        Assert.True(Math.Abs(report.Verdict.Score - golden.AddressScore) <= Within, $"{golden.Address}: {report.Verdict.Score}, {report.Reason}");
    }

    // What nobody looked at is not called clean, whatever the score.
    [Fact]
    public void Score_UnlistedAddress_SaysThatItIsNotAssessed()
    {
        var scored = ScoreOf(Cases.Single(row => row.Address == SignInFixture.Unlisted));
        Assert.Equal(VerdictKind.Unlisted, SignInFixture.Judge.VerdictOf(Address.Parse(SignInFixture.Unlisted)).Kind);
        Assert.Contains(scored.Warnings, warning => warning.Contains("not assessed for", StringComparison.Ordinal) && warning.Contains("residentialProxy", StringComparison.Ordinal));
    }

    static PrincipalScore ScoreOf(Golden golden)
    {
        Assert.True(SignIn.TryRead(0, golden.SignIn with { Ip = golden.Address }, out var signIn, out _));
        var baseline = new Baseline(golden.Seen.Length == 0 ? [] : [new("ada", golden.Seen)]);
        return Assert.Single(SignInFixture.Scorer.Score([signIn], SignInSurroundings.None with { Baseline = baseline }, SignInFixture.Judge));
    }
}
