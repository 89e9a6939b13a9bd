using System.Text;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Overriding;
using AcquireInfra.Enrichment.Sentinel.SignIns;
using AcquireInfra.Enrichment.Tests.Verdicts;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Sentinel.Tests.SignIns;

public sealed class SignInScorerTests
{
    static readonly SignInEntry Success = new() { Principal = "ada", Ip = SignInFixture.Hoster, ResultType = "0" };

    [Fact]
    public void Score_SeveralPrincipals_AreApartAndTheWorstIsFirst()
    {
        var scores = ScoresOf([Success, Success with { Principal = "bob", Ip = SignInFixture.Dropped }, Success with { Principal = "ADA" }]);
        Assert.Equal(["bob", "ADA", "ada"], scores.Select(score => score.Principal)); // opaque ids may differ by case alone
    }

    [Fact]
    public void Score_FlaggedProviders_RotationIsTold()
    {
        var elsewhere = SignInSurroundings.None with { Baseline = new([new("ada", [new SeenNetwork("Office", 64510, null, null)])]) };
        var score = Assert.Single(ScoresOf([Success, Success with { Ip = SignInFixture.OtherHoster }, Success with { Ip = SignInFixture.Dropped }], elsewhere));
        Assert.Equal(3, score.DistinctProviders);
        Assert.Equal(3, score.DistinctAsns);
        Assert.Equal(3, score.DistinctAddresses);
        Assert.Equal(["AS64498", "Hoster", "Other hoster"], score.Networks);
        Assert.Contains(score.Reasons, reason => reason is { Reason: SignInReason.Rotation, Points: > 0 });
        Assert.Contains(score.Reasons, reason => reason is { Reason: SignInReason.Spread, Points: > 0 });
    }

    // One brand's exits lie in many ASNs: that is no rotation.
    [Fact]
    public void Score_ExitsOfOneVpnInTwoAsns_AreOneProvider()
    {
        var score = Assert.Single(ScoresOf([Success with { Ip = SignInFixture.Vpn }, Success with { Ip = SignInFixture.OtherVpnExit }]));
        Assert.Equal((1, 2), (score.DistinctProviders, score.DistinctAsns));
        Assert.DoesNotContain(score.Reasons, reason => reason.Reason == SignInReason.Rotation);
    }

    [Fact]
    public void Score_SuccessAfterADeniedSecondFactor_IsTold()
    {
        var denied = Success with { Ip = SignInFixture.TorExit, ResultType = "500121", At = "2026-08-22T10:00:00Z" };
        var success = denied with { ResultType = "0", At = "2026-08-22T10:05:00Z" };
        Assert.Contains(Assert.Single(ScoresOf([success, denied])).Reasons, reason => reason.Reason == SignInReason.DeniedThenSuccess);
        var before = success with { At = "2026-08-22T09:55:00Z" };
        Assert.DoesNotContain(Assert.Single(ScoresOf([before, denied])).Reasons, reason => reason.Reason == SignInReason.DeniedThenSuccess);
    }

    [Theory]
    [InlineData(true, false, true)]
    [InlineData(true, true, false)]
    [InlineData(false, false, false)]
    [InlineData(null, false, false)]
    public void Score_ConfidentialClientNonInteractive_AddressMayBeInherited(bool? isConfidential, bool isInteractive, bool expected)
    {
        var score = Assert.Single(ScoresOf([Success with { IsConfidentialClient = isConfidential, IsInteractive = isInteractive }]));
        Assert.Equal(expected, PrincipalResponse.From(score).IpMayBeInherited);
        Assert.Equal(expected, score.Warnings.Any(warning => warning.Contains("confidential client", StringComparison.Ordinal)));
        Assert.Equal(expected, score.Mitigations.Any(mitigation => mitigation.Reason == SignInMitigation.InheritedAddress));
    }

    [Theory]
    [InlineData("0", "success"), InlineData("500121", "mfaDenied"), InlineData("50074", "mfaPending"), InlineData("50158", "mfaPending"), InlineData("53003", "stopped")]
    [InlineData("50126", "failed"), InlineData("anything", "failed"), InlineData("", "success"), InlineData(null, "success")]
    public void Score_ResultCode_HasItsOutcome(string? code, string outcome) =>
        Assert.Equal(outcome, SignInResponse.From(Assert.Single(Assert.Single(ScoresOf([Success with { ResultType = code }])).SignIns)).Outcome);

    [Fact]
    public void Score_NoResultCode_WarnsThatItCountedAsASuccess() => Assert.Contains(
        Assert.Single(ScoresOf([Success with { ResultType = null }])).Warnings, warning => warning.Contains("without a result code", StringComparison.Ordinal));

    [Fact]
    public void Score_OwnEgress_AddressSaysNothing()
    {
        var own = SignInSurroundings.None with { OwnEgress = new([Prefix.Parse("9.0.1.0/24")]) };
        var score = Assert.Single(ScoresOf([Success with { Ip = SignInFixture.TorExit, RiskEventTypes = ["anonymizedIPAddress"] }], own));
        Assert.Equal(0, score.Score);
        Assert.True(score.Score < Assert.Single(ScoresOf([Success with { Ip = SignInFixture.TorExit }])).Score);
        Assert.Equal(SignInMitigation.OwnEgress, Assert.Single(score.Mitigations).Reason);
    }

    // An allow list is for hosters and VPNs that are expected; Tor is not made clean by it, and yet nobody is locked out for it.
    [Fact]
    public void Score_AllowList_DampensHostersAndNotTorAndContainsNeither()
    {
        var allow = SignInSurroundings.None with { Allow = new([Prefix.Parse("9.0.0.0/16")]) };
        var admin = Success with { Privileged = true, Protocol = "deviceCode" };
        Assert.InRange(Assert.Single(ScoresOf([admin], allow)).Score, 0, 15);
        var tor = Assert.Single(ScoresOf([admin with { Ip = SignInFixture.TorExit }], allow));
        Assert.Equal((79, Disposition.Triage), (tor.Score, tor.Disposition));
        Assert.Equal(Disposition.Contain, Assert.Single(ScoresOf([admin with { Ip = SignInFixture.TorExit }])).Disposition);
    }

    [Fact]
    public void Score_OverrideThatAllows_IsAnAllowList()
    {
        var entry = new Override(
            "ov-1", OverrideTarget.Of(Address.Parse(SignInFixture.Hoster)), OverrideEffect.Allow, CategorySet.Empty, null, "Jump box.", "ops", SignInFixture.Now.AddDays(9), 1);
        var judge = SignInFixture.Judge.With(new OverrideSet(1, [entry]));
        var score = Assert.Single(ScoresOf([Success], by: judge));
        Assert.Contains(score.Mitigations, mitigation => mitigation.Reason == SignInMitigation.Allowed);
        Assert.InRange(score.Score, 0, 3);
    }

    [Fact]
    public void Score_OverrideThatBlocks_IsNotDampened()
    {
        var entry = new Override(
            "ov-1", OverrideTarget.Of(Address.Parse(SignInFixture.Home)), OverrideEffect.Block, CategorySet.Empty, null, "Attacker.", "ops", SignInFixture.Now.AddDays(9), 1);
        var judge = SignInFixture.Judge.With(new OverrideSet(1, [entry]));
        var known = SignInSurroundings.None with { Baseline = new([new("ada", [new SeenNetwork("", 64503, null, null)])]) };
        var score = Assert.Single(ScoresOf([Success with { Ip = SignInFixture.Home, DeviceCompliant = true }], known, judge));
        Assert.Equal(90, score.Score);
        Assert.Empty(score.Mitigations);
    }

    [Theory]
    [InlineData("10.0.0.1"), InlineData("192.0.2.1"), InlineData("::1")]
    public void Score_AddressThatIsNotGlobal_IsNotJudgedAndSaysSo(string address)
    {
        var score = Assert.Single(ScoresOf([Success with { Ip = address }]));
        Assert.Equal(0, score.Score);
        Assert.Null(SignInResponse.From(Assert.Single(score.SignIns)).AddressScore);
        Assert.Contains(score.Warnings, warning => warning.Contains("not global", StringComparison.Ordinal));
    }

    // 6to4 of the Tor exit: what is inside is what signs in.
    [Fact]
    public void Score_TransitionAddress_IsJudgedByWhatItCarries() => Assert.Equal(
        Assert.Single(ScoresOf([Success with { Ip = SignInFixture.TorExit }])).Score, Assert.Single(ScoresOf([Success with { Ip = "2002:900:107::1" }])).Score);

    [Theory]
    [InlineData(-60, null, Novelty.Known)]
    [InlineData(-14, null, Novelty.Known)]
    [InlineData(-13, null, Novelty.Recent)]
    [InlineData(1, null, Novelty.Unknown)]     // not seen yet, and nothing else was
    [InlineData(null, 5, Novelty.Known)]
    [InlineData(null, 4, Novelty.Recent)]
    [InlineData(null, null, Novelty.Known)]    // the caller has looked at it
    public void Baseline_Network_IsKnownAfterAWhile(int? firstSeenDays, int? days, Novelty expected)
    {
        var first = firstSeenDays is { } given ? SignInFixture.Now.AddDays(given) : (DateTimeOffset?)null;
        var baseline = new Baseline([new("ada", [new SeenNetwork("hoster", 0, first, days)])]);
        Assert.Equal(expected, baseline.Of("ada", "Hoster", 64496, SignInFixture.Now, SignInFixture.Policy.Novelty));
        Assert.Equal(Novelty.Unknown, baseline.Of("bob", "Hoster", 64496, SignInFixture.Now, SignInFixture.Policy.Novelty));
        Assert.Equal(expected == Novelty.Unknown ? Novelty.Unknown : Novelty.New, baseline.Of("ada", "Other", 64497, SignInFixture.Now, SignInFixture.Policy.Novelty));
    }

    // An attacker who stays becomes no friend by it.
    [Fact]
    public void Score_TorKnownForWeeks_IsNotDampened()
    {
        var known = SignInSurroundings.None with { Baseline = new([new("ada", [new SeenNetwork("", 64496, null, null)])]) };
        var tor = Success with { Ip = SignInFixture.TorExit };
        Assert.Equal(Assert.Single(ScoresOf([tor])).Score, Assert.Single(ScoresOf([tor], known)).Score);
    }

    [Fact]
    public void Score_AsOfSignIn_JudgesAtItsTime()
    {
        var old = Success with { Ip = SignInFixture.TorExit, At = "2026-08-22T11:30:00Z" };
        var later = new Judge(SignInFixture.Judge.Snapshot, TestPolicy.Bundled, SignInFixture.Now.AddDays(10));
        int Of(SignInSurroundings around) => Assert.Single(ScoresOf([old], around, later)).Score;
        Assert.True(Of(SignInSurroundings.None with { AsOfSignIn = true }) > Of(SignInSurroundings.None)); // the list of Tor exits has aged since
    }

    [Theory]
    [InlineData(11, 1, "Office 365", 5), InlineData(10, 1, "Office 365", 4), InlineData(3, 3, "Office 365", 6), InlineData(6, 6, "Office 365", 8), InlineData(5, 5, "Office 365", 6)]
    [InlineData(1, 1, "Azure Portal", 9)]
    public void SeedScore_SignInsOfAListedAsn_IsTheSeeds(int signIns, int addresses, string application, int expected) => Assert.Equal(expected, Assert.Single(ScoresOf(
        [.. Enumerable.Range(0, signIns).Select(at => Success with { Ip = $"9.8.1.{at % addresses}", AppName = application, Asn = 24940 })])).SeedScore);

    [Theory]
    [InlineData("1", 24940, null, null, null)]                                  // no success
    [InlineData("0", 64504, null, null, null)]                                  // no ASN of its list
    [InlineData("0", 64504, "[{\"networkNames\":[\"Corp VPN\"]}]", null, 4)]    // the tenant's own VPN, which is its defect
    [InlineData("0", 64504, "torpedo", null, null)]                             // whole terms only
    [InlineData("0", 64504, null, "anonymizedIPAddress", 4)]
    [InlineData("0", 64504, null, "unfamiliarFeatures", null)]
    public void SeedScore_SignIn_MatchesAsTheSeedDoes(string result, long asn, string? location, string? riskEvent, int? expected) => Assert.Equal(expected, Assert.Single(ScoresOf(
        [Success with { ResultType = result, Asn = asn, NetworkLocation = location, RiskEventTypes = riskEvent is null ? null : [riskEvent] }])).SeedScore);

    // The seed groups by ASN, so that whoever rotates hides; the repaired score does not.
    [Fact]
    public void SeedScore_RotationOverAsns_HidesFromTheSeedAlone()
    {
        long[] asns = [24940, 14061, 16276];
        var rotating = asns.Select((asn, at) => Success with { Ip = $"9.{at}.0.7", Asn = asn }).ToArray();
        Assert.Equal(4, Assert.Single(ScoresOf(rotating)).SeedScore);
        Assert.Equal(6, Assert.Single(ScoresOf([.. rotating.Select(entry => entry with { Asn = 24940 })])).SeedScore);
    }

    static IReadOnlyList<PrincipalScore> ScoresOf(SignInEntry[] entries, SignInSurroundings? surroundings = null, Judge? by = null) =>
        SignInFixture.Scorer.Score(BatchOf(entries).SignIns, surroundings ?? SignInSurroundings.None, by ?? SignInFixture.Judge);

    static SignInBatch BatchOf(SignInEntry[] entries)
    {
        var batch = SignInBatch.Read(new SignInScoreRequest(entries), 10_000, [], out var fault);
        Assert.Null(fault);
        Assert.Empty(batch!.Rejected);
        return batch;
    }
}

/// <summary>The file of constants: the bundled one is sound, and each rule refuses what breaks it.</summary>
public sealed class SignInPolicyTests
{
    static string Bundled { get; } = Encoding.UTF8.GetString(SignInFixture.BundledJson());

    [Fact]
    public void Parse_Bundled_IsSound() => Assert.Equal("s1", SignInFixture.Policy.Version);

    [Theory]
    [InlineData("\"s1\"", "\"s 1\"", "version")]
    [InlineData("\"watch\": 20", "\"watch\": 50", "dispositions")]
    [InlineData("\"flaggedFrom\": 20", "\"flaggedFrom\": 0", "flaggedFrom")]
    [InlineData("\"neverNovel\": [\"relay\"", "\"neverNovel\": [\"relais\"", "neverNovel")]
    [InlineData("\"neverNovel\": [\"relay\"", "\"neverNovel\": [\"tor\"", "none of infrastructure")]
    [InlineData("\"userElsewhere\": 0.05", "\"userElsewhere\": 0.5", "novelty")]
    [InlineData("\"workloadOnInfrastructure\": 0.70", "\"workloadOnInfrastructure\": 1.0", "novelty")]
    [InlineData("\"knownAfterDays\": 14", "\"knownAfterDays\": 0", "knownAfterDays")]
    [InlineData("\"deviceCode\": { \"own\"", "\"deviceCodes\": { \"own\"", "context")]
    [InlineData("\"boost\": 2.00", "\"boost\": -2.00", "context")]
    [InlineData("\"knownNetwork\": 0.45", "\"knownNetwork\": 1.45", "dampening")]
    [InlineData("\"failed\": 0.30", "\"failed\": 3.0", "outcomes")]
    [InlineData("\"0\": \"success\"", "\"0\": \"fine\"", "outcomes.codes")]
    [InlineData("\"anonymizedIPAddress\": 0.60", "\"anonymizedIPAddress\": 1.60", "riskEvents")]
    [InlineData("\"mostProviders\": 4", "\"mostProviders\": -1", "rotation")]
    [InlineData("\"addresses\": 6", "\"addresses\": 3", "spread")]
    [InlineData("\"allowFactor\"", "\"allowedFactor\"", "cannot be read")]
    [InlineData("\"allowFactor\": 0.10", "\"allowFactor\": 0.10, \"allowFactor\": 0.10", "cannot be read")]
    public void Parse_BrokenPolicy_NamesTheMember(string from, string to, string named)
    {
        Assert.Contains(from, Bundled, StringComparison.Ordinal);
        var fault = Assert.Throws<FormatException>(() => SignInPolicy.Parse(Encoding.UTF8.GetBytes(Bundled.Replace(from, to, StringComparison.Ordinal))));
        Assert.Contains(named, fault.Message, StringComparison.Ordinal);
    }
}
