using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Sentinel.SignIns;
using CsCheck;

namespace AcquireInfra.Enrichment.Sentinel.Tests.SignIns;

/// <summary>The laws of the score, on random sign-ins of one principal.</summary>
public sealed class SignInLawTests
{
    static readonly string[] Addresses =
    [
        SignInFixture.Hoster, SignInFixture.OtherHoster, SignInFixture.TorExit, SignInFixture.Dropped, SignInFixture.Vpn, SignInFixture.OtherVpnExit,
        SignInFixture.Relay, SignInFixture.Gateway, SignInFixture.Cloud, SignInFixture.Carrier, SignInFixture.Mobile, SignInFixture.Home, SignInFixture.Unlisted,
        "10.0.0.1", "2002:900:107::1",
    ];

    static readonly string[] Results = ["0", "500121", "50074", "53003", "50126", ""];
    static readonly string[] Events = ["anonymizedIPAddress", "unfamiliarFeatures", "somethingNew", "none"];

    // Each bit is one circumstance.
    static readonly Gen<SignInEntry> GenEntry = Gen.Select(
        OneOf(Addresses), OneOf(Results), Gen.Int[0, 1023], OneOf(Events), Gen.Int[0, 1000],
        (address, result, bits, riskEvent, minute) => new SignInEntry
        {
            Principal = "ada",
            Ip = address,
            ResultType = result,
            At = $"2026-08-22T{minute / 60 % 12:00}:{minute % 60:00}:00Z",
            AppName = Has(bits, 0) ? "Azure Portal" : "Office 365",
            Privileged = Has(bits, 1),
            Protocol = Has(bits, 2) ? "deviceCode" : null,
            RiskEventTypes = Has(bits, 3) ? [riskEvent] : null,
            DeviceCompliant = Has(bits, 4),
            TrustedLocation = Has(bits, 5),
            IsConfidentialClient = Has(bits, 6),
            IsInteractive = !Has(bits, 7),
            UserAgent = Has(bits, 8) ? "python-requests/2.32" : "Mozilla/5.0",
            PrincipalKind = Has(bits, 9) ? "servicePrincipal" : "user",
        });

    static readonly Gen<SignInEntry[]> GenEntries = GenEntry.Array[1, 8];

    static readonly SignInSurroundings[] Surroundings =
    [
        SignInSurroundings.None,
        SignInSurroundings.None with { Baseline = Seen("Elsewhere", 64510) },
        SignInSurroundings.None with { Baseline = Seen("Example VPN", 64496) },
        SignInSurroundings.None with { Allow = new([Prefix.Parse("9.0.0.0/16"), Prefix.Parse("9.2.0.0/16")]), OwnEgress = new([Prefix.Parse("9.1.0.0/24")]) },
    ];

    static readonly Gen<SignInSurroundings> GenSurroundings = OneOf(Surroundings);

    static Gen<T> OneOf<T>(T[] values) => Gen.Int[0, values.Length - 1].Select(at => values[at]);

    static bool Has(int bits, int bit) => (bits >> bit & 1) != 0;

    static Baseline Seen(string provider, uint asn) => new([new("ada", [new SeenNetwork(provider, asn, SignInFixture.Now.AddDays(-60), null)])]);

    [Fact]
    public void Points_AnySignIns_AddUpToTheScoreAndStayInBounds() => Gen.Select(GenEntries, GenSurroundings).Sample((entries, surroundings) =>
    {
        var score = ScoreOf(entries, surroundings);
        Assert.InRange(score.Score, 0, 100);
        Assert.Equal(score.Score, score.Reasons.Sum(reason => reason.Points));
        Assert.All(score.Reasons, reason => Assert.True(reason.Points >= 0 && SignInReason.All.Contains(reason.Reason)));
        Assert.Equal(Dispositions.Of(score.Score, SignInFixture.Policy.Dispositions), score.Disposition);
        Assert.True(score.SeedScore is null or >= 4 and <= 9);
    }, iter: 4_000);

    [Fact]
    public void Score_SignInsInAnotherOrder_IsTheSame() => Gen.Select(GenEntries, GenSurroundings, Gen.Int[0, 1000]).Sample((entries, surroundings, seed) =>
    {
        var shuffled = entries.ToArray();
        new Random(seed).Shuffle(shuffled);
        var (one, other) = (ScoreOf(entries, surroundings), ScoreOf(shuffled, surroundings));
        Assert.Equal((one.Score, one.Disposition, one.SeedScore), (other.Score, other.Disposition, other.SeedScore));
        Assert.Equal(one.Reasons, other.Reasons);
        Assert.Equal(one.Mitigations, other.Mitigations);
        Assert.Equal(one.Warnings, other.Warnings);
    }, iter: 3_000);

    [Fact]
    public void Score_OneMoreSignIn_NeverLower() => Gen.Select(GenEntries, GenEntry, GenSurroundings).Sample((entries, more, surroundings) =>
        Assert.True(ScoreOf([.. entries, more], surroundings).Score >= ScoreOf(entries, surroundings).Score), iter: 4_000);

    [Fact]
    public void Score_MoreRiskOfOne_NeverLower() => Gen.Select(GenEntries, Gen.Int[0, 100], Gen.Int[0, 9], GenSurroundings).Sample((entries, which, risk, surroundings) =>
    {
        var riskier = entries.ToArray();
        var at = which % entries.Length;
        riskier[at] = Riskier(entries[at], risk);
        var (before, after) = (ScoreOf(entries, surroundings), ScoreOf(riskier, surroundings));
        Assert.True(after.Score >= before.Score, $"risk {risk} of {entries[at].Ip}: {before.Score} before, {after.Score} after");
    }, iter: 6_000);

    // The address is part of the risk: from a rented server to Tor, to a network of criminals.
    [Fact]
    public void Score_WorseAddress_NeverLower() => Gen.Select(GenEntries, GenSurroundings.Where(around => around != Surroundings[3])).Sample((entries, surroundings) =>
    {
        int Of(string address) => ScoreOf([.. entries.Select(entry => entry with { Ip = address })], surroundings).Score;
        Assert.True(Of(SignInFixture.Carrier) <= Of(SignInFixture.Hoster) || surroundings == Surroundings[2]); // where the hoster is known, new lines are not
        Assert.True(Of(SignInFixture.Hoster) <= Of(SignInFixture.TorExit));
        Assert.True(Of(SignInFixture.OtherHoster) <= Of(SignInFixture.Dropped));
    }, iter: 1_500);

    [Fact]
    public void Score_RotationOverAsns_AtLeastThatOfStayingOnOne() => Gen.Select(GenEntry, Gen.Int[1, 8]).Sample((entry, count) =>
    {
        string[] hosters = [SignInFixture.Hoster, SignInFixture.OtherHoster, SignInFixture.Dropped, SignInFixture.Vpn];
        var surroundings = Surroundings[1];
        var staying = Enumerable.Range(0, count).Select(_ => entry with { Ip = SignInFixture.Hoster }).ToArray();
        var rotating = Enumerable.Range(0, count).Select(at => entry with { Ip = hosters[at % hosters.Length] }).ToArray();
        Assert.True(ScoreOf(rotating, surroundings).Score >= ScoreOf(staying, surroundings).Score);
    }, iter: 2_000);

    [Fact]
    public void Disposition_AllOnTheAllowList_IsNeverContain() => GenEntries.Sample(entries =>
    {
        var allowed = entries.Select(entry => entry with { Ip = entry.Ip!.StartsWith("9.", StringComparison.Ordinal) ? entry.Ip : SignInFixture.TorExit }).ToArray();
        var surroundings = SignInSurroundings.None with { Allow = new([Prefix.Parse("9.0.0.0/8")]), Baseline = Surroundings[1].Baseline };
        Assert.NotEqual(Disposition.Contain, ScoreOf(allowed, surroundings).Disposition);
    }, iter: 3_000);

    static SignInEntry Riskier(SignInEntry entry, int risk) => risk switch
    {
        0 => entry with { Privileged = true },
        1 => entry with { Protocol = "deviceCode" },
        2 => entry with { AppId = "c44b4083-3bb0-49c1-b47d-974e53cbdf3c" },
        3 => entry with { RiskEventTypes = [.. entry.RiskEventTypes ?? [], "attackerinTheMiddle"] },
        4 => entry with { RiskEventTypes = [.. entry.RiskEventTypes ?? [], "maliciousIPAddress"] },
        5 => entry with { DeviceCompliant = false },
        6 => entry with { TrustedLocation = false },
        7 => entry with { UserAgent = "AADInternals" },
        8 => entry with { ResultType = entry.ResultType is "50126" or "53003" ? "0" : entry.ResultType },
        _ => entry with { ClientApp = "IMAP4" },
    };

    static PrincipalScore ScoreOf(SignInEntry[] entries, SignInSurroundings surroundings)
    {
        var batch = SignInBatch.Read(new SignInScoreRequest(entries), entries.Length, [], out _)!;
        Assert.Empty(batch.Rejected);
        return Assert.Single(SignInFixture.Scorer.Score(batch.SignIns, surroundings, SignInFixture.Judge));
    }
}
