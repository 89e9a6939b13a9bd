using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Service.Tests.Hosting;

public sealed class JudgeProviderTests : IDisposable
{
    static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    readonly TemporaryFolder _folder = new();
    readonly SnapshotHolder _holder = new();
    readonly Clock _clock = new() { Now = Noon.AddMinutes(5) };
    readonly JudgeProvider _judges;

    public JudgeProviderTests() => _judges = new(_holder, new(new(_folder["state"]), _holder), _clock);

    [Fact]
    public void Current_WithoutSnapshotOrPolicy_IsNull()
    {
        Assert.Null(_judges.Current);
        _holder.Swap(Compile("192.0.2.0/24\n"));
        Assert.Null(_judges.Current);
        _judges.UsePolicy(new DataFolder(DataFolder.DefaultPath).ReadPolicyJson());
        Assert.NotNull(_judges.Current);
    }

    [Fact]
    public void Current_AsTheClockGoesOn_ChangesWithTheHourOnly()
    {
        Use("192.0.2.0/24\n");
        var first = _judges.Current!;
        Assert.Equal(Noon, first.At);
        _clock.Now = Noon.AddMinutes(59).AddSeconds(59);
        Assert.Same(first, _judges.Current);
        _clock.Now = Noon.AddHours(1);
        Assert.Equal(Noon.AddHours(1), _judges.Current!.At);
        _clock.Now = Noon.AddMinutes(-1); // a clock that was put right
        Assert.Equal(Noon.AddHours(-1), _judges.Current!.At);
    }

    [Fact]
    public void Current_AfterASwap_IsOfTheNewSnapshotAndTheOldJudgeGoesOn()
    {
        Use("192.0.2.0/24\n");
        var first = _judges.Current!;
        _holder.Swap(Compile("192.0.2.0/25\n"));
        Assert.NotEqual(first.Snapshot.Id, _judges.Current!.Snapshot.Id);
        Assert.Equal(first.Snapshot.Id, first.AtTime(Noon.AddDays(1)).Snapshot.Id);
    }

    [Fact]
    public async Task Current_SwapsUnderReaders_EachJudgeIsOfOneSnapshot()
    {
        Snapshot[] snapshots = [Compile("192.0.2.0/24\n"), Compile("192.0.2.0/25\n")];
        Use("192.0.2.0/24\n");
        using var done = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            var seen = new HashSet<string>();
            while (!done.IsCancellationRequested)
            {
                seen.Add(_judges.Current!.Snapshot.Id);
            }
            return seen;
        })).ToList();
        for (var swap = 0; !done.IsCancellationRequested; swap++)
        {
            _holder.Swap(snapshots[swap % 2]);
            Assert.Equal(snapshots[swap % 2].Id, _judges.Current!.Snapshot.Id); // from here on nobody is given the old one
        }
        var ids = (await Task.WhenAll(readers)).SelectMany(seen => seen).ToHashSet();
        Assert.Equal(snapshots.Select(snapshot => snapshot.Id).Order(), ids.Order());
    }

    public void Dispose() => _folder.Dispose();

    void Use(string list)
    {
        _judges.UsePolicy(new DataFolder(DataFolder.DefaultPath).ReadPolicyJson());
        _holder.Swap(Compile(list));
    }

    Snapshot Compile(string list) => SmallData.Compile(_folder, list);

    sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
