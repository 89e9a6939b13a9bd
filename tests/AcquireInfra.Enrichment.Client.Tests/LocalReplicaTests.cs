using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Client.Tests;

public sealed class LocalReplicaTests : IDisposable
{
    static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    static readonly byte[] PolicyJson = Repository.PolicyJson;
    static readonly Address Rented = Address.Parse("104.131.0.1"); // DigitalOcean

    readonly SnapshotFolder _folder = new();
    readonly Clock _clock = new() { Now = Noon.AddMinutes(5) };

    [Theory]
    [InlineData("104.131.0.1"), InlineData("104.132.0.1"), InlineData("2604:a880::1"), InlineData("192.0.2.1")]
    [InlineData("2002:6883:1::1")]
    public void Replica_AnyAddress_AnswersLikeAJudgeOfTheSameHour(string text)
    {
        var (file, address) = (_folder.Compile("a", "104.131.0.0/16", "2604:a880::/32"), Address.Parse(text));
        var judge = new Judge(Snapshot.Open(file), Policy.Parse(PolicyJson), Noon);
        var replica = new LocalReplica(file, PolicyJson, _clock);
        Assert.Equal(judge.VerdictOf(address), replica.Score(address).Verdict);
        Assert.Equivalent(VerdictResponse.From(judge.Explain(address), judge), replica.Explain(address), strict: true);
        Assert.Equal(judge.Snapshot.Id, replica.SnapshotId);
    }

    [Fact]
    public void Replica_ListedAddress_IsHosting()
    {
        var replica = new LocalReplica(_folder.Compile("a", "104.131.0.0/16"), PolicyJson, _clock);
        Assert.Equal(VerdictKind.Hosting, replica.Score(Rented).Kind);
        Assert.Equal("list-a", replica.Explain(Rented).Points[0].Evidence[0].Source);
        Assert.Equal(VerdictKind.Unlisted, replica.Score(Address.Parse("104.132.0.1")).Kind);
    }

    [Fact]
    public void Replica_OverrideThatExpires_EndsInThatSecondWithoutTheService()
    {
        var overrides = """
            {"revision":7,"overrides":[{"id":"ov-7","target":{"prefix":"104.131.0.0/24"},"effect":"block","reason":"Why","owner":"Who","expiresAt":"2026-11-24T12:06:00Z"}]}
            """u8;
        var replica = new LocalReplica(_folder.Compile("a", "104.131.0.0/16"), PolicyJson, _clock, overrides);
        _clock.Now = Noon.AddMinutes(6).AddTicks(-1);
        var verdict = replica.Score(Rented);
        Assert.Equal((90, "ov-7", 7), (verdict.Score, verdict.Override!.Applied[0].Id, verdict.Basis.OverridesRevision));
        Assert.Equal((90, 7), (replica.Explain(Rented).Score, replica.OverridesRevision));
        Assert.Null(replica.Score(Address.Parse("104.131.1.1")).Override);
        _clock.Now = Noon.AddMinutes(6);
        verdict = replica.Score(Rented);
        Assert.Equal((verdict.RawScore, null, 8), (verdict.Score, verdict.Override, verdict.Basis.OverridesRevision));
    }

    [Fact]
    public void Swap_NewerFile_AnswersFromIt()
    {
        var file = _folder.Compile("a", "104.131.0.0/16");
        var replica = new LocalReplica(file, PolicyJson, _clock);
        var (before, report) = (replica.SnapshotId, replica.Explain(Rented));
        File.Move(_folder.Compile("b", "104.132.0.0/16"), file, overwrite: true); // as an updater does: by a rename
        Assert.Equal(VerdictKind.Hosting, replica.Score(Rented).Kind); // not before it is told
        replica.Swap(file);
        Assert.NotEqual(before, replica.SnapshotId);
        Assert.Equal(VerdictKind.Unlisted, replica.Score(Rented).Kind);
        Assert.Equal("list-a", report.Points[0].Evidence[0].Source); // what was given out stays
    }

    [Fact]
    public void Swap_DamagedFile_IsRefusedAndTheOldOneGoesOn()
    {
        var file = _folder.Compile("a", "104.131.0.0/16");
        var replica = new LocalReplica(file, PolicyJson, _clock);
        var before = replica.SnapshotId;
        foreach (var damaged in _folder.DamagedCopiesOf(_folder.Compile("b", "104.132.0.0/16")))
        {
            Assert.Throws<SnapshotException>(() => replica.Swap(damaged));
            Assert.Equal((before, VerdictKind.Hosting), (replica.SnapshotId, replica.Score(Rented).Kind));
        }
        Assert.ThrowsAny<IOException>(() => replica.Swap(_folder["none"]));
        Assert.Equal((before, VerdictKind.Hosting), (replica.SnapshotId, replica.Score(Rented).Kind));
    }

    [Fact]
    public void Replica_AsTheClockGoesOn_JudgesAtThePresentHour()
    {
        var replica = new LocalReplica(_folder.Compile("a", "104.131.0.0/16"), PolicyJson, _clock);
        var fresh = replica.Score(Rented).Score;
        _clock.Now = Noon.AddYears(1);
        Assert.InRange(replica.Score(Rented).Score!.Value, 1, fresh!.Value - 1);
        _clock.Now = Noon.AddYears(10);
        Assert.Equal(0, replica.Score(Rented).Score);
        Assert.Null(replica.Score(Rented).Is(Category.Hosting)); // past its age it knows nothing
        _clock.Now = Noon; // a clock that was put right
        Assert.Equal(fresh, replica.Score(Rented).Score);
    }

    [Fact]
    public void Replica_WrongFileOrPolicy_IsRefused()
    {
        var file = _folder.Compile("a", "104.131.0.0/16");
        Assert.All(_folder.DamagedCopiesOf(file), damaged => Assert.Throws<SnapshotException>(() => new LocalReplica(damaged, PolicyJson)));
        Assert.Throws<FormatException>(() => new LocalReplica(file, "{}"u8));
        Assert.ThrowsAny<IOException>(() => new LocalReplica(_folder["none"], PolicyJson));
    }

    // The clock is asked after the old judge was read, and before the new one is put in its place.
    [Fact]
    public void Swap_WhileTheHourStrikes_IsNotUndone()
    {
        var (old, next) = (_folder.Compile("a", "104.131.0.0/16"), _folder.Compile("b", "104.131.0.0/16"));
        var replica = new LocalReplica(old, PolicyJson, _clock);
        _clock.Now = Noon.AddHours(1);
        _clock.WhenAsked = () => replica.Swap(next);
        Assert.Equal("list-a", replica.Explain(Rented).Points[0].Evidence[0].Source); // asked before the swap
        Assert.Equal("list-b", replica.Explain(Rented).Points[0].Evidence[0].Source);
    }

    [Fact]
    public async Task Swap_UnderReaders_EveryAnswerIsWhollyOfOneFile()
    {
        string[] files = [_folder.Compile("a", "104.131.0.0/16", "104.132.0.0/16"), _folder.Compile("b", "104.131.0.0/16")];
        var replica = new LocalReplica(files[0], PolicyJson, _clock);
        using var done = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            var seen = new HashSet<string>();
            for (var round = 0; !done.IsCancellationRequested; round++)
            {
                var evidence = Assert.Single(replica.Explain(Rented).Points).Evidence;
                seen.Add(Assert.Single(evidence).Source);
            }
            return seen;
        })).ToList();
        for (var swap = 1; !done.IsCancellationRequested; swap++)
        {
            replica.Swap(files[swap % 2]);
            _clock.Now = Noon.AddHours(swap % 5); // an hour that strikes must not undo a swap
            Assert.Equal(swap % 2 == 0 ? "list-a" : "list-b", replica.Explain(Rented).Points[0].Evidence[0].Source);
        }
        Assert.Equal(["list-a", "list-b"], (await Task.WhenAll(readers)).SelectMany(seen => seen).Distinct().Order());
    }

    public void Dispose() => _folder.Dispose();
}
