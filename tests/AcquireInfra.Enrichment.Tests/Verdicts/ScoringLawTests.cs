using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Compilation;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Tests.Snapshots;
using AcquireInfra.Enrichment.Verdicts;
using CsCheck;

namespace AcquireInfra.Enrichment.Tests.Verdicts;

/// <summary>The laws of scoring, on random sets of claims about one address.</summary>
public sealed class ScoringLawTests
{
    const string Address = "9.4.1.1";

    sealed record Draw(int Category, int Family, int Length, int Reliability, int AgeDays);

    static readonly Gen<Draw> GenDraw = Gen.Select(Gen.Int[0, Categories.Count - 1], Gen.Int[0, 3], Gen.Int[8, 32], Gen.Int[1, 100], Gen.Int[0, 300],
        (category, family, length, reliability, age) => new Draw(category, family, length, reliability, age));

    static readonly Gen<Draw[]> GenDraws = GenDraw.Array[1, 6];

    [Fact]
    public void Points_AnyClaims_AddUpToTheScoreAndStayInBounds() => GenDraws.Sample(draws =>
    {
        var report = Report(draws);
        var verdict = report.Verdict;
        Assert.InRange(verdict.Score, 0, 100);
        Assert.InRange(verdict.RawScore, verdict.Score, 100);
        Assert.InRange(verdict.Confidence, 0, 100);
        Assert.Equal(verdict.Score, report.Points.Sum(row => row.Points));
        Assert.All(report.Points, row => Assert.True(row.Points >= 0 && row.Probability is >= 0 and <= 1));
    }, iter: 300, threads: 1);

    [Fact]
    public void Verdict_ClaimsInAnotherOrder_IsTheSame() => GenDraws.Sample(
        draws => Assert.Equal(Report(draws).Verdict, Report([.. draws.Reverse()]).Verdict), iter: 150, threads: 1);

    [Fact]
    public void RawScore_MoreEvidence_NeverLower() => Gen.Select(GenDraws, GenDraw).Sample(
        (draws, more) => Assert.True(Report([.. draws, more]).Verdict.RawScore >= Report(draws).Verdict.RawScore), iter: 200, threads: 1);

    [Fact]
    public void RawScore_OlderEvidence_NeverHigher() => Gen.Select(GenDraws, Gen.Int[0, 5]).Sample((draws, which) =>
    {
        var older = draws.Select((draw, at) => at == which % draws.Length ? draw with { AgeDays = draw.AgeDays + 30 } : draw).ToArray();
        Assert.True(Report(older).Verdict.RawScore <= Report(draws).Verdict.RawScore);
    }, iter: 200, threads: 1);

    [Fact]
    public void RawScore_MoreSpecificEvidence_NeverLower() => Gen.Select(GenDraws, Gen.Int[0, 5], Gen.Int[1, 24]).Sample((draws, which, bits) =>
    {
        var closer = draws.Select((draw, at) => at == which % draws.Length ? draw with { Length = Math.Min(draw.Length + bits, 32) } : draw).ToArray();
        Assert.True(Report(closer).Verdict.RawScore >= Report(draws).Verdict.RawScore);
    }, iter: 200, threads: 1);

    [Fact]
    public void Verdict_DuplicateInsideAFamily_ChangesNothing() => Gen.Select(GenDraws, Gen.Int[0, 5]).Sample((draws, which) =>
        Assert.Equal(Report(draws).Verdict, Report([.. draws, draws[which % draws.Length]]).Verdict), iter: 150, threads: 1);

    // The product form, spelt out: the slow twin of the judge's one pass over sorted claims.
    [Fact]
    public void RawScore_AnyClaims_IsTheFormula() => GenDraws.Sample(draws =>
    {
        var policy = TestPolicy.Bundled;
        var left = 1.0;
        foreach (var category in draws.GroupBy(draw => draw.Category))
        {
            var word = ((Category)category.Key).Word();
            var ageing = policy.Ageing[word];
            double Strength(Draw draw) => draw.Reliability / 100.0
                * policy.Specificity.IPv4.First(step => draw.Length >= step.MinLength).Factor
                * (draw.AgeDays <= ageing.HoldOffDays ? 1 : Math.Pow(0.5, (draw.AgeDays - ageing.HoldOffDays) / ageing.HalfLifeDays));
            var absent = category.GroupBy(draw => draw.Family).Aggregate(1.0, (product, family) => product * (1 - family.Max(Strength)));
            left *= 1 - policy.Weights.GetValueOrDefault(word) * (1 - absent);
        }
        Assert.Equal(100 * (1 - left), Report(draws).Verdict.RawScore, tolerance: 0.5 + 1e-9);
    }, iter: 300, threads: 1);

    [Fact]
    public void Shares_AnyParts_AddUpAndStayWithinOneOfProportion() => Gen.Select(Gen.Double[0, 5].Array[1, 17], Gen.Int[0, 100]).Sample((parts, score) =>
    {
        var shares = Explainer.Shares(parts, score);
        var sum = parts.Sum();
        Assert.Equal(sum == 0 ? 0 : score, shares.Sum());
        for (var at = 0; at < parts.Length && sum > 0; at++)
        {
            Assert.InRange(shares[at], Math.Floor(score * parts[at] / sum), Math.Floor(score * parts[at] / sum) + 1);
        }
    }, iter: 20_000);

    // Whoever says it, a list or somebody who was asked: the same evidence gives the same verdict, in whatever part it is in the snapshot.
    [Fact]
    public void Verdict_EvidenceFoundLive_IsAsIfItWereInTheSnapshot() => Gen.Select(GenDraws, Gen.Int[0, 5]).Sample((draws, split) =>
    {
        draws = [.. draws.Select(draw => draw with { AgeDays = 0 })];
        split %= draws.Length + 1;
        var (listed, asked) = (draws[..split], draws[split..]);
        var live = new LiveFindings([.. asked.Select(draw => LiveOf(draw))], CompiledPolicy.SetOf(asked.Select(draw => ((Category)draw.Category).Word())));
        var (apart, together) = (JudgeOf(listed).Explain(AcquireInfra.Enrichment.Addressing.Address.Parse(Address), live), Report(draws));
        Assert.Equal((together.Verdict.Score, together.Verdict.RawScore, together.Verdict.Present), (apart.Verdict.Score, apart.Verdict.RawScore, apart.Verdict.Present));
        Assert.Equal(apart.Verdict.Score, apart.Points.Sum(row => row.Points));
        Assert.Equal(together.Points.Select(row => (row.Category, row.Points, row.WithoutIt)), apart.Points.Select(row => (row.Category, row.Points, row.WithoutIt)));
    }, iter: 200, threads: 1);

    static LiveEvidence LiveOf(Draw draw)
    {
        var reliability = draw.Reliability / 100.0;
        var source = new SourceInfo { Id = "asked", Name = "asked", Family = $"f{draw.Family}", Reliability = reliability, AsOf = TestSources.Day };
        return new(source, (Category)draw.Category, null, reliability * TestPolicy.Bundled.Specificity.IPv4.First(step => draw.Length >= step.MinLength).Factor);
    }

    [Fact]
    public void Points_RandomProfiles_AddUpToTheScore() => AssertPointsAddUp(profiles: 20_000);

    [Fact]
    [Trait("Length", "long")]
    public void Points_AMillionRandomProfiles_AddUpToTheScore() => AssertPointsAddUp(profiles: 1_000_000);

    // 24 sources list random addresses, some of them in networks with a role: almost every address has a profile of its own.
    static void AssertPointsAddUp(int profiles)
    {
        var random = new Random(20260822);
        var count = profiles + profiles / 8;
        var lists = Enumerable.Range(0, 24).Select(source => TestSources.Prefixes(
            $"s{source}",
            ((Category)(source % Categories.Count)).Word(),
            string.Join('\n', Enumerable.Range(0, count).Where(_ => random.Next(4) == 0).Select(at => Prefix.Create(AddressAt(at), random.Next(3) == 0 ? 28 : 32))),
            info => info with { Family = $"f{source % 7}", Reliability = random.NextDouble(), AsOf = TestSources.Day.AddHours(-random.Next(2000)) }));
        var table = TestSources.AsnTable("9.0.0.0,9.3.255.255,64500,Hoster\n9.4.0.0,9.7.255.255,64501,Carrier\n9.8.0.0,9.11.255.255,64502,Line\n");
        var roles = TestSources.Roles("64500,hosting,,certain,\n64501,transit,,certain,\n64502,access,,knowledge,\n");
        var judge = new Judge(TestSources.Open([table, roles, .. lists]), TestPolicy.Bundled, TestSources.Day);
        Assert.True(judge.Snapshot.ProfileCount >= profiles, $"{judge.Snapshot.ProfileCount} profiles");
        for (var at = 0; at < count; at++)
        {
            var report = judge.Explain(AddressAt(at));
            var verdict = report.Verdict;
            Assert.True(verdict.Score == report.Points.Sum(row => row.Points), $"{report.Address}: {verdict.Score}");
            Assert.True(verdict.Score >= 0 && verdict.Score <= verdict.RawScore && verdict.RawScore <= 100 && verdict.Confidence is >= 0 and <= 100, report.Address.ToString());
        }
    }

    static Address AddressAt(int index) => AcquireInfra.Enrichment.Addressing.Address.FromIPv4(0x09000000u + (uint)index * 11);

    static VerdictReport Report(Draw[] draws) => JudgeOf(draws).Explain(AcquireInfra.Enrichment.Addressing.Address.Parse(Address));

    static Judge JudgeOf(Draw[] draws)
    {
        var address = AcquireInfra.Enrichment.Addressing.Address.Parse(Address);
        CompilerSource[] sources = [.. draws.Select((draw, at) => TestSources.Prefixes(
            $"s{at}", ((Category)draw.Category).Word(), Prefix.Create(address, draw.Length).ToString(),
            info => info with { Family = $"f{draw.Family}", Reliability = draw.Reliability / 100.0, AsOf = TestSources.Day.AddDays(-draw.AgeDays) }))];
        return new(TestSources.Open(sources), TestPolicy.Bundled, TestSources.Day);
    }

    [Theory, InlineData("abuse"), InlineData("hosting"), InlineData("proxy")]
    public void Verdict_EvidenceFoundLiveInAnAccessNetwork_CountsAsAFeedsDoes(string category)
    {
        var network = TestSources.AsnTable("9.4.0.0,9.4.255.255,64502,Line\n");
        var roles = TestSources.Roles("64502,access,BrandLine,knowledge,\n");
        var source = new SourceInfo { Id = "list", Name = "list", Family = "list", Provider = "Brand", Reliability = 0.9, AsOf = TestSources.Day };
        var live = new LiveFindings([new(source, CompiledPolicy.SetOf([category]).Members().Single(), "Brand", 0.9)], CompiledPolicy.SetOf([category]));
        var address = AcquireInfra.Enrichment.Addressing.Address.Parse(Address);
        var apart = new Judge(TestSources.Open(network, roles), TestPolicy.Bundled, TestSources.Day).Explain(address, live);
        var together = new Judge(TestSources.Open(network, roles, TestSources.Prefixes("list", category, Address, info => info with { Provider = "Brand" })), TestPolicy.Bundled, TestSources.Day).Explain(address);
        Assert.Equal((together.Verdict.Score, together.Verdict.Present, together.Provider), (apart.Verdict.Score, apart.Verdict.Present, apart.Provider));
        Assert.Equal(together.Points[0].Evidence[0].Strength, apart.Points[0].Evidence[0].Strength, 1e-12);
    }
}
