using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Overriding;
using AcquireInfra.Enrichment.Tests.Addressing;
using AcquireInfra.Enrichment.Tests.Exports;
using AcquireInfra.Enrichment.Tests.Snapshots;
using AcquireInfra.Enrichment.Tests.Verdicts;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Tests.Overriding;

public sealed class OverrideSetTests
{
    static readonly Judge Evidence = ExportSample.JudgeOf(ExportSample.Sources());

    [Theory, InlineData(1, 3), InlineData(2, 40), InlineData(3, 400), InlineData(4, 2_000)]
    public void MatchOf_RandomOverrides_AgreesWithLookingAtAll(int seed, int count)
    {
        var set = SampleOverrides.Random(seed, count);
        var (judge, forgetful) = (Evidence.With(set), new Judge(Evidence.Snapshot, TestPolicy.Bundled, TestSources.Day, remember: false, set));
        var hits = 0;
        foreach (var address in ExportSample.Probes(seed, 1_500))
        {
            var expected = SampleOverrides.ActingOn(set, Evidence, address);
            var match = judge.MatchOf(address);
            Assert.Equal(expected, match?.Applied ?? []);
            Assert.Equal(expected, forgetful.MatchOf(address)?.Applied ?? []);
            Assert.Equal(expected.Where(entry => entry.Effect == OverrideEffect.Tag).Select(entry => entry.Tag), match?.Tags ?? []);
            hits += match is null ? 0 : 1;
        }
        Assert.True(hits > (count > 3 ? 100 : 0), $"only {hits} hits");
    }

    // One value, however it is written: on the side of the override and on the side of the question.
    [Theory]
    [InlineData("9.8.7.6")]
    [InlineData("::ffff:9.8.7.6")]
    [InlineData("::ffff:908:706")]
    [InlineData("0:0:0:0:0:FFFF:0908:0706")]
    [InlineData("9[.]8[.]7[.]6")]
    [InlineData("[::ffff:9.8.7.6]:443")]
    public void MatchOf_SpellingsOfOneAddress_HitOneOverride(string spelling)
    {
        string[] spellings = ["9.8.7.6", "::ffff:9.8.7.6", "::ffff:908:706", "0:0:0:0:0:FFFF:0908:0706", "9[.]8[.]7[.]6", "[::ffff:9.8.7.6]:443"];
        var judge = Evidence.With(SampleOverrides.Set(SampleOverrides.On("one", spelling, OverrideEffect.Block)));
        Assert.All(spellings, other => Assert.Equal("one", judge.MatchOf(Address.Parse(other))!.Applied.Single().Id));
        Assert.Null(judge.MatchOf(Address.Parse("9.8.7.7")));
        Assert.Null(judge.MatchOf(Address.Parse("::9.8.7.6")));
    }

    // The corpus on the side of the override: what is an address makes a target that hits it, and nothing else makes one.
    [Fact]
    public void Target_AddressCorpus_IsWhatLookUpsFind()
    {
        var (hits, special, refused) = (0, 0, 0);
        foreach (var row in AddressCases.All)
        {
            var faults = new List<OverrideFault>();
            var entry = OverrideRules.Read(Entry(new(Ip: row.Input)), "c", 1, faults);
            if (row.Canonical is null)
            {
                Assert.True(entry is null && faults.Single().Field == "target", row.ToString());
                refused++;
                continue;
            }
            var address = Address.Parse(row.Canonical);
            Assert.True(entry is not null == (SpecialPurpose.ScopeOf(address) == AddressScope.Global), row.ToString());
            if (entry is null)
            {
                special++;
                continue;
            }
            Assert.Equal("c", Evidence.With(SampleOverrides.Set(entry)).MatchOf(address)!.Applied.Single().Id);
            hits++;
        }
        Assert.True(hits > 25 && special > 30 && refused > 100, $"{hits} hits, {special} special, {refused} refused");
    }

    [Fact]
    public void At_Expiries_EachSecondIsOneRevision()
    {
        var day = TestSources.Day;
        Override Until(string id, int seconds) => SampleOverrides.On(id, "9.8.7.6", OverrideEffect.Tag) with { ExpiresAt = day.AddSeconds(seconds) };
        var set = SampleOverrides.Set(Until("a", 10), Until("b", 10), Until("c", 11), Until("d", 20));
        Assert.Same(set, set.At(day.AddSeconds(9.999)));
        (int Seconds, long Revision, string Left)[] expected = [(10, 8, "cd"), (11, 9, "d"), (19, 9, "d"), (20, 10, "")];
        Assert.All(expected, row =>
        {
            var left = set.At(day.AddSeconds(row.Seconds));
            Assert.Equal((row.Revision, row.Left), (left.Revision, string.Concat(left.Entries.Select(entry => entry.Id))));
        });
        Assert.Equal(day.AddSeconds(10), set.NextExpiryAt);
        Assert.Null(set.At(day.AddSeconds(20)).NextExpiryAt);
        // In one step or in many: the same count.
        Assert.Equal(set.At(day.AddSeconds(20)).Revision, set.At(day.AddSeconds(10)).At(day.AddSeconds(15)).At(day.AddSeconds(20)).Revision);
    }

    [Fact]
    public void Document_RandomOverrides_ReadsBackTheSame()
    {
        var set = new OverrideSet(5, SampleOverrides.Random(5, 900).Entries.Where(entry => OverrideRules.Read(OverrideEntry.From(entry), entry.Id, 1, []) is not null));
        Assert.True(set.Entries.Count > 200);
        var read = OverridesDocument.Parse(OverridesDocument.From(set).ToJson());
        Assert.Equal(set.Revision, read.Revision);
        Assert.Equal(set.Entries, read.Entries);
    }

    [Theory, InlineData("null"), InlineData("{}"), InlineData("""{"revision":1,"overrides":[{}]}"""), InlineData("""{"revision":1,"overrides":[{"id":"a"},{"id":"a"}]}""")]
    public void Document_Broken_IsRefused(string json) =>
        Assert.Throws<FormatException>(() => OverridesDocument.Parse(System.Text.Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Constructor_IdTwice_Throws() =>
        Assert.Throws<ArgumentException>(() => SampleOverrides.Set(SampleOverrides.On("a", "9.8.7.6", OverrideEffect.Tag), SampleOverrides.On("a", "9.8.7.7", OverrideEffect.Tag)));


    static OverrideEntry Entry(TargetEntry target) => new(Target: target, Effect: "block", Reason: "Why", Owner: "Who", ExpiresAt: "2026-09-01T00:00:00Z");
}
