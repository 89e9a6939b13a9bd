extern alias client;

using System.Diagnostics;
using System.Text.Json;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Feeds.Overriding;
using AcquireInfra.Enrichment.Overriding;
using AcquireInfra.Enrichment.Service.Auth;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Service.Tests.Auth;
using AcquireInfra.Enrichment.Snapshots;
using client::AcquireInfra.Enrichment.Client;
using Microsoft.Extensions.DependencyInjection;

namespace AcquireInfra.Enrichment.Service.Tests.Replication;

/// <summary>The client's replica and the service as it is.</summary>
public sealed class ReplicaOfServiceTests(ServiceFixture fixture) : IDisposable
{
    static readonly Address Listed = Address.Parse("192.0.2.7");

    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Replica_ThousandAddresses_AnswersAsTheService()
    {
        await using var local = await ReplicaHost.StartAsync(fixture.Service.Ports, _folder["replica"]);
        await using var remote = await ReplicaHost.StartAsync(fixture.Service.Ports, folder: null);
        await local.ReadyAsync();
        var addresses = RandomAddresses(new Random(20261124), 1_000).ToList();
        var (ours, theirs) = await WithinAnHourAsync(
            async () => (await JudgeAsync(local.Client, addresses), await JudgeAsync(remote.Client, addresses)),
            pair => (pair.Item1[0].Basis.JudgedAt, pair.Item2[0].Basis.JudgedAt));
        var overridden = 0;
        foreach (var (mine, its) in ours.Zip(theirs))
        {
            Assert.Equal((AnswerOrigin.Replica, AnswerOrigin.Service), (mine.Origin, its.Origin));
            Assert.Equal(its with { Basis = its.Basis with { Origin = AnswerOrigin.Replica }, Override = null }, mine with { Override = null });
            Assert.Equal(JsonSerializer.Serialize(its.Override), JsonSerializer.Serialize(mine.Override)); // of lists
            overridden += mine.Override is null ? 0 : 1;
            Assert.Equal((its.Network, its.Provider, its.AsnName, its.Asn), (mine.Network, mine.Provider, mine.AsnName, mine.Asn));
        }
        Assert.True(overridden > 5, $"only {overridden} are overridden");
        var kinds = ours.Select(verdict => (verdict.Kind, verdict.Score, verdict.Asn)).Distinct().Count();
        Assert.True(kinds > 200, $"only {kinds} kinds of answers");
    }

    [Fact]
    public async Task Explain_FiftyAddresses_IsTheJsonOfRestAndGrpc()
    {
        await using var local = await ReplicaHost.StartAsync(fixture.Service.Ports, _folder["replica"]);
        await using var remote = await ReplicaHost.StartAsync(fixture.Service.Ports, folder: null);
        await local.ReadyAsync();
        foreach (var address in (Address[])[Address.Parse("159.65.1.1"), Address.Parse("12.3.4.5"), Address.Parse("64:ff9b::12.3.4.5"), Address.Parse("52.1.1.1"), Address.Parse("64:ff9b::9f41:101"), Listed, .. RandomAddresses(new Random(7), 50)])
        {
            var text = address.ToString();
            var (mine, byRest, byGrpc) = await WithinAnHourAsync(
                async () => (await ExplainAsync(local.Client, text), (await fixture.Rest.LookupAsync(text)).Text, await ExplainAsync(remote.Client, text)),
                all => (HourIn(all.Item1), HourIn(all.Item2), HourIn(all.Item3)));
            Assert.Equal(byRest, mine);
            Assert.Equal(byRest, byGrpc);
        }
    }

    [Fact]
    public async Task Replica_SwapsAndAnotherPolicy_FollowsWithinASecond()
    {
        await using var service = await SmallData.StartAsync(_folder);
        var (holder, judges) = (service.Services.GetRequiredService<SnapshotHolder>(), service.Services.GetRequiredService<JudgeProvider>());
        await using var local = await ReplicaHost.StartAsync(service.Ports, _folder["replica"]);
        await local.ReadyAsync();
        var quickest = TimeSpan.MaxValue; // of three: other tests run beside this one
        foreach (var list in (string[])["203.0.113.0/24\n", "192.0.2.0/25\n", "198.51.100.0/25\n"])
        {
            var next = SmallData.Compile(_folder, list);
            var began = Stopwatch.GetTimestamp();
            holder.Swap(next);
            await local.FollowsAsync(next.Id);
            quickest = quickest < Stopwatch.GetElapsedTime(began) ? quickest : Stopwatch.GetElapsedTime(began);
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"a swap was followed in {quickest}");
        Assert.True(quickest < TimeSpan.FromSeconds(1), $"the quickest took {quickest}");
        judges.UsePolicy(SmallData.PolicyNamed("p2"));
        await local.UntilAsync(() => local.Client.Replica!.PolicyVersion == "p2", "it judges by the new policy");
        Assert.Equal(("p2", holder.Current!.Id), (local.Client.Replica!.Score(Listed).Basis.PolicyVersion, local.Client.Replica.SnapshotId));
        Assert.Single(Directory.GetFiles(_folder["replica"], "*.snapshot"));
    }

    [Fact]
    public async Task Replica_OverrideMadeAndEnded_Follows()
    {
        await using var service = await SmallData.StartAsync(_folder);
        await using var local = await ReplicaHost.StartAsync(service.Ports, _folder["replica"]);
        await local.ReadyAsync();
        var (address, store) = (Address.Parse("9.1.1.1"), service.Services.GetRequiredService<OverrideStore>());
        Assert.Equal((0, 0), (local.Client.Replica!.Score(address).Score, local.Client.Replica.OverridesRevision));
        var entry = OverrideRules.Parse(new("ov-1", new(Ip: "9.1.1.1"), "block", Reason: "Why", Owner: "Who", ExpiresAt: "2027-06-01T00:00:00Z", Revision: 1));
        store.Change("key:ops", "create", (_, _) => [(null, entry)]);
        await local.UntilAsync(() => local.Client.Replica.OverridesRevision == 1, "it knows of the override");
        Assert.Equal((90, "ov-1"), (local.Client.Replica.Score(address).Score, local.Client.Replica.Score(address).Override!.Applied[0].Id));

        // Another process with the same folder has it from the disk.
        await using var second = await ReplicaHost.StartAsync(service.Ports, _folder["replica"]);
        Assert.Equal((1, 90), (second.Client.Replica!.OverridesRevision, second.Client.Replica.Score(address).Score));
        store.Change("key:ops", "delete", (_, _) => [(entry, null)]);
        await local.UntilAsync(() => local.Client.Replica.OverridesRevision == 2, "it knows of its end");
        Assert.Null(local.Client.Replica.Score(address).Override);
    }

    [Fact]
    public async Task Replica_ServiceRestarts_AnswersOnAndFollowsTheNext()
    {
        var service = await SmallData.StartAsync(_folder);
        await using var local = await ReplicaHost.StartAsync(service.Ports, _folder["replica"]);
        await local.ReadyAsync();
        var first = local.Client.Replica!.SnapshotId;
        await service.DisposeAsync();
        Assert.Equal(AnswerOrigin.Replica, (await local.Client.ScoreAsync(Listed, Cancelled)).Origin);
        await local.UntilAsync(() => local.Log.Lines.Any(line => line.Event.Name == "ReplicaNotUpdated"), "it has noticed");
        Assert.Equal(first, local.Client.Replica.SnapshotId);

        SmallData.Write(_folder["data"], "203.0.113.0/24\n");
        await using var next = await RunningService.StartAtAsync(service.Ports, _folder["state"], $"--Enrichment:DataFolder={_folder["data"]}");
        await next.CompiledAsync();
        await local.FollowsAsync(next.Services.GetRequiredService<SnapshotHolder>().Current!.Id);
        Assert.NotEqual(first, local.Client.Replica.SnapshotId);
    }

    [Fact]
    public async Task Replica_ServiceWithoutSnapshot_IsReadyWhenItIs()
    {
        SmallData.Write(_folder["data"]);
        await File.WriteAllTextAsync(_folder["state"], "a file where the folder should be", Cancelled);
        await using var service = await RunningService.StartAsync(_folder["state"], $"--Enrichment:DataFolder={_folder["data"]}");
        await using var local = await ReplicaHost.StartAsync(service.Ports, _folder["replica"]);
        await local.UntilAsync(() => local.Log.Lines.Any(line => line.Event.Name == "ReplicaMissing" && line.Text.Contains("503", StringComparison.Ordinal)), "it was told");
        Assert.Null(local.Client.Replica);
        service.Services.GetRequiredService<SnapshotHolder>().Swap(SmallData.Compile(_folder, "192.0.2.0/24\n"));
        await local.ReadyAsync();
    }

    // Who may look up and no more goes on asking the service, which says why there is no replica.
    [Theory, InlineData(Roles.Bulk, true), InlineData(Roles.Lookup, false)]
    public async Task Replica_WithAnApiKey_NeedsTheRoleBulk(string role, bool isReady)
    {
        var key = new TestKey("replica", Roles.Lookup, role);
        await using var service = await SmallData.StartAsync(_folder, [.. TestKey.Options(key)]);
        await using var local = await ReplicaHost.StartAsync(service.Ports, _folder["replica"], key.Text);
        await local.UntilAsync(() => local.Client.Replica is not null || local.Log.Lines.Any(line => line.Event.Name == "ReplicaMissing"), "it has tried");
        Assert.Equal(isReady, local.Client.Replica is not null);
        Assert.Equal(isReady ? AnswerOrigin.Replica : AnswerOrigin.Service, (await local.Client.ScoreAsync(Listed, Cancelled)).Origin);
        Assert.Equal(!isReady, local.Log.Lines.Any(line => line.Text.Contains("answered 403", StringComparison.Ordinal)));
        Assert.DoesNotContain(local.Log.Lines.Concat(service.Log.Lines), line => line.Text.Contains(key.Secret, StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    static async Task<List<IpVerdict>> JudgeAsync(EnrichmentClient client, IEnumerable<Address> addresses) =>
        await client.ScoreAllAsync(addresses.ToAsyncEnumerable(), Cancelled).ToListAsync(Cancelled);

    static async Task<string> ExplainAsync(EnrichmentClient client, string ip) =>
        JsonSerializer.Serialize(await client.ExplainAsync(ip, Cancelled), VerdictJson.Default.VerdictResponse);

    static DateTime HourIn(string json) => JsonDocument.Parse(json).RootElement.GetProperty("judgedAt").GetDateTime();

    // Asked again where the hour struck between the answers.
    static async Task<T> WithinAnHourAsync<T, THours>(Func<Task<T>> ask, Func<T, THours> hours)
        where THours : System.Runtime.CompilerServices.ITuple
    {
        var answers = await ask();
        var (first, last) = (hours(answers)[0], hours(answers)[hours(answers).Length - 1]);
        return Equals(first, last) ? answers : await ask();
    }

    static IEnumerable<Address> RandomAddresses(Random random, int count)
    {
        for (var made = 0; made < count; made++)
        {
            yield return (made % 4) switch
            {
                0 => new Address(0x2A00_0000_0000_0000 | (ulong)random.NextInt64(1L << 56), (ulong)random.NextInt64()),
                1 => new Address(0x2002_0000_0000_0000 | (ulong)random.NextInt64(1L << 48), (ulong)random.NextInt64()), // 6to4
                _ => Address.FromIPv4((uint)random.NextInt64(1L << 32)),
            };
        }
    }
}
