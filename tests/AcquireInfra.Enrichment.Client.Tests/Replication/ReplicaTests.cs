using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;
using Microsoft.AspNetCore.Http;

namespace AcquireInfra.Enrichment.Client.Tests.Replication;

/// <summary>The replica that a host keeps, against a service that serves, stalls, lies and goes away.</summary>
public sealed class ReplicaTests : IAsyncLifetime
{
    const int Live = 7001;
    const int NotUpdated = 7002;
    const int Missing = 7003;
    const int FileRefused = 7004;

    static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    static readonly Address Rented = Address.Parse("104.131.0.1");

    readonly SnapshotFolder _folder = new();
    readonly Clock _clock = new() { Now = Noon.AddMinutes(5) };
    FakeServer _server = null!;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    FakeData Data => _server.Data;

    string ReplicaFolder => _folder["replica"];

    public async ValueTask InitializeAsync() => _server = await FakeServer.StartAsync(new FakeData(_folder.Compile("a", "104.131.0.0/16"), Noon));

    [Fact]
    public async Task Replica_UntilItIsReady_TheServiceAnswers()
    {
        var mayServe = new TaskCompletionSource();
        _server.SendInstead = async context =>
        {
            await mayServe.Task.WaitAsync(context.RequestAborted);
            _server.SendInstead = null;
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        };
        await using var test = await StartAsync();
        Assert.Equal(AnswerOrigin.Service, (await test.Client.ScoreAsync(Rented, Cancelled)).Origin);
        Assert.Null(test.Client.Replica);
        mayServe.SetResult();
        await UntilReadyAsync(test);
        Assert.Equal(AnswerOrigin.Replica, (await test.Client.ScoreAsync(Rented, Cancelled)).Origin);
        Assert.Equal(1, _server.Service.Count("ScoreIp"));
        Assert.Contains("503", Assert.Single(test.Log.Of(Missing)).Exception!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replica_Ready_AnswersEveryQuestionWithoutTheService()
    {
        await using var test = await StartReadyAsync();
        string[] ips = ["104.131.0.1", "x", "104.132.0.1"];
        var batch = await test.Client.ScoreBatchAsync(ips, Cancelled);
        Assert.Equal(["Hosting", "bad_address", "Unlisted"], batch.Select(result => result.Verdict?.Kind.ToString() ?? result.Error!.Code));
        Assert.Equal(batch, await test.Client.ScoreAllAsync(ips.ToAsyncEnumerable(), Cancelled).ToListAsync(Cancelled));
        Assert.Equal(batch[0].Verdict, await test.Client.ScoreAllAsync(new[] { Rented }.ToAsyncEnumerable(), Cancelled).SingleAsync(Cancelled));
        Assert.Equal("list-a", (await test.Client.ExplainAsync("104.131.0.1", Cancelled)).Points[0].Evidence[0].Source);
        Assert.All(_server.Service.Calls, call => Assert.Equal("WatchSnapshots", call.Method));
        using var cancel = new CancellationTokenSource();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await test.Client.ScoreAllAsync(ips.ToAsyncEnumerable(), cancel.Token).CountAsync(Cancelled));
    }

    [Fact]
    public async Task Replica_TenThousandAddresses_AnswersAsTheService()
    {
        Data.Use(_folder.CompileMixed(seed: 3), Noon);
        await using var local = await StartReadyAsync();
        await using var remote = await TestClient.StartAsync(options => options.Address = _server.Grpc);
        var addresses = MixedSources.Addresses(seed: 3, count: 10_000).ToList();
        var fromService = await remote.Client.ScoreAllAsync(addresses.ToAsyncEnumerable(), Cancelled).ToListAsync(Cancelled);
        Assert.All(fromService, verdict => Assert.Equal(AnswerOrigin.Service, verdict.Origin));
        var replica = local.Client.Replica!;
        foreach (var (address, theirs) in addresses.Zip(fromService))
        {
            var ours = replica.Score(address);
            Assert.Equal(theirs with { Basis = theirs.Basis with { Origin = AnswerOrigin.Replica } }, ours);
            Assert.Equal((theirs.Network, theirs.Provider, theirs.AsnName), (ours.Network, ours.Provider, ours.AsnName));
        }
        Assert.True(fromService.Select(verdict => (verdict.Score, verdict.Asn, verdict.Provider)).Distinct().Count() > 50, "too few kinds of answers to prove much");
        foreach (var address in addresses.Take(200))
        {
            Assert.Equivalent(await remote.Client.ExplainAsync(address, Cancelled), await local.Client.ExplainAsync(address, Cancelled), strict: true);
        }
    }

    [Fact]
    public async Task Replica_SnapshotAnnounced_SwapsAndRemovesTheOldFile()
    {
        await using var test = await StartReadyAsync();
        var before = test.Client.Replica!;
        Data.Use(_folder.Compile("b", "104.132.0.0/16"));
        await TestClient.UntilAsync(() => test.Client.Replica!.SnapshotId == Data.Id, "the new snapshot answers");
        Assert.Same(before, test.Client.Replica); // whoever holds the replica has the new one too
        Assert.Equal(VerdictKind.Unlisted, before.Score(Rented).Kind);
        await TestClient.UntilAsync(() => Snapshots().Count == 1, "the old file is gone");
        Assert.Equal([Data.Id + ".snapshot"], Snapshots());
        Assert.Equal(2, test.Log.Of(Live).Count());
        Assert.Equal((2, 1), (_server.Count("/file", 200), _server.Count("/policy", 200)));
    }

    [Fact]
    public async Task Replica_PolicyAnnounced_IsTakenWithoutADownload()
    {
        await using var test = await StartReadyAsync();
        Data.Use(Data.SnapshotPath, policyVersion: "p2");
        await TestClient.UntilAsync(() => test.Client.Replica!.PolicyVersion == "p2", "the new policy judges");
        Assert.Equal((1, 1, 2), (_server.Count("/file", 200), _server.Count("/file", 304), _server.Count("/policy", 200)));
    }

    public static TheoryData<string, string> BadDownloads => new()
    {
        { "truncated", "Not a sound snapshot" },
        { "flipped", "Not a sound snapshot" },
        { "html", "Not a sound snapshot" },
        { "empty", "Not a sound snapshot" },
        { "cut", "" },                                    // the connection ends before the promised length
        { "other", "its content is" },                    // sound, and not the one that is named
        { "nameless", "without an ETag" },
        { "path", "without an ETag" },                    // its name would lead out of the folder
        { "large", "above the limit" },
        { "endless", "above the limit" },                 // says no length and does not stop
        { "redirect", "302" },
        { "broken", "500" },
    };

    [Theory, MemberData(nameof(BadDownloads))]
    public async Task Replica_BadDownload_KeepsTheOldOneAndTells(string how, string told)
    {
        await using var test = await StartReadyAsync(options => options.Replica.MaxSnapshotBytes = 8 * 1024 * 1024);
        var before = test.Client.Replica!.SnapshotId;
        var bytes = await File.ReadAllBytesAsync(_folder.Compile("b", "104.132.0.0/16"), Cancelled);
        var id = Snapshot.Open(_folder["b.snapshot"]).Id;
        _server.SendInstead = context => SendBadlyAsync(context, how, bytes, id);
        Data.Use(_folder["b.snapshot"]);
        await TestClient.UntilAsync(() => test.Log.Of(NotUpdated).Any(), "the trouble is told");
        Assert.Contains(told, test.Log.Of(NotUpdated).First().Exception!.Message, StringComparison.Ordinal);
        Assert.Equal((before, VerdictKind.Hosting), (test.Client.Replica.SnapshotId, test.Client.Replica.Score(Rented).Kind));
        Assert.Equal([before + ".snapshot"], Snapshots());
        Assert.DoesNotContain(Directory.GetFiles(_folder.Path), file => file.EndsWith("evil.snapshot", StringComparison.Ordinal));
        _server.SendInstead = null; // and it mends itself
        await TestClient.UntilAsync(() => test.Client.Replica.SnapshotId == Data.Id, "the new snapshot answers");
        await TestClient.UntilAsync(() => Directory.GetFiles(ReplicaFolder, ".*").Length == 0, "nothing half-written is left");
    }

    [Fact]
    public async Task Replica_DownloadThatStalls_IsGivenUp()
    {
        await using var test = await StartReadyAsync(options => options.Replica.DownloadTimeout = TimeSpan.FromSeconds(1));
        _server.SendInstead = async context =>
        {
            context.Response.Headers.ETag = $"\"{Data.Id}\"";
            await context.Response.WriteAsync("a beginning", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        Data.Use(_folder.Compile("b", "104.132.0.0/16"));
        await TestClient.UntilAsync(() => test.Log.Of(NotUpdated).Any(), "the trouble is told");
        Assert.IsType<TimeoutException>(test.Log.Of(NotUpdated).First().Exception);
    }

    [Fact]
    public async Task Replica_ServiceAwayAtStart_UsesTheDiskAndComesBack()
    {
        await using (await StartReadyAsync())
        {
        }
        var ports = (_server.Grpc.Port, _server.Rest.Port);
        await _server.DisposeAsync();
        await using var test = await StartAsync();
        Assert.Equal(AnswerOrigin.Replica, (await test.Client.ScoreAsync(Rented, Cancelled)).Origin); // at once, without waiting
        await TestClient.UntilAsync(() => test.Log.Of(NotUpdated).Count() > 1, "it tries again");
        Data.Use(_folder.Compile("b", "104.132.0.0/16"));
        _server = await FakeServer.StartAsync(Data, ports);
        await TestClient.UntilAsync(() => test.Client.Replica!.SnapshotId == Data.Id, "the new snapshot answers");
    }

    [Fact]
    public async Task Replica_SameSnapshotAtStart_IsNotDownloadedAgain()
    {
        await using (await StartReadyAsync())
        {
            await TestClient.UntilAsync(() => _server.Service.Count("WatchSnapshots") == 1, "the first client follows too");
        }
        await using var test = await StartAsync();
        await TestClient.UntilAsync(() => _server.Service.Count("WatchSnapshots") == 2, "it follows the announcements");
        Assert.Equal((1, 1, 1), (_server.Count("/file", 200), _server.Count("/file", 304), _server.Count("/policy", 200)));
        Assert.Equal(VerdictKind.Hosting, test.Client.Replica!.Score(Rented).Kind);
    }

    [Fact]
    public async Task Replica_DamagedDisk_UsesWhatIsSound()
    {
        await using (await StartReadyAsync())
        {
        }
        var sound = Assert.Single(Snapshots());
        await _server.DisposeAsync();
        var newer = Path.Combine(ReplicaFolder, new string('f', 32) + ".snapshot");
        await File.WriteAllTextAsync(newer, "not a snapshot", Cancelled);
        File.SetLastWriteTimeUtc(newer, DateTime.UtcNow.AddHours(1));
        await using (var test = await StartAsync())
        {
            Assert.Equal(sound, test.Client.Replica!.SnapshotId + ".snapshot");
            Assert.Contains(newer, Assert.Single(test.Log.Of(FileRefused)).Text, StringComparison.Ordinal);
        }
        await File.WriteAllTextAsync(Path.Combine(ReplicaFolder, "policy.json"), "{}", Cancelled);
        await using var without = await StartAsync();
        Assert.Null(without.Client.Replica);
        Assert.Single(without.Log.Of(FileRefused));
    }

    [Fact]
    public async Task Replica_FolderThatCannotBe_LeavesTheService()
    {
        await File.WriteAllTextAsync(ReplicaFolder, "a file where the folder should be", Cancelled);
        await using var test = await StartAsync();
        Assert.Equal(AnswerOrigin.Service, (await test.Client.ScoreAsync(Rented, Cancelled)).Origin);
        await TestClient.UntilAsync(() => test.Log.Of(Missing).Count() > 1, "the trouble is told");
        Assert.Null(test.Client.Replica);
    }

    [Fact]
    public async Task Replica_NextHour_JudgesAnew()
    {
        await using var test = await StartReadyAsync();
        var fresh = test.Client.Replica!.Score(Rented);
        Assert.Equal(Noon, fresh.Basis.JudgedAt);
        _clock.Now = Noon.AddDays(120);
        var aged = test.Client.Replica.Score(Rented);
        Assert.Equal(Noon.AddDays(120), aged.Basis.JudgedAt);
        Assert.InRange(aged.Score!.Value, 1, fresh.Score!.Value - 1);
    }

    [Fact]
    public async Task Replica_Credential_GoesWithDownloadsAndAnnouncements()
    {
        await using var test = await StartReadyAsync(options => options.ApiKey = "reader.s3cr3t");
        await TestClient.UntilAsync(() => _server.Service.Calls.Count > 0, "it follows the announcements");
        Assert.All(_server.Service.Calls.Select(call => call.Authorization), value => Assert.Equal("ApiKey reader.s3cr3t", value));
        Assert.Equal(2, _server.Downloads.Count(download => download.Authorization == "ApiKey reader.s3cr3t"));
        Assert.DoesNotContain(test.Log.Lines, line => line.Text.Contains("s3cr3t", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Replica_TokenProviderThrows_IsToldAndTheHostLives()
    {
        var broken = true;
        await using var test = await StartAsync(options => options.TokenProvider =
            _ => broken ? throw new InvalidOperationException("no token today") : ValueTask.FromResult("token"));
        await TestClient.UntilAsync(() => test.Log.Of(Missing).Any(), "the trouble is told");
        Assert.Equal("no token today", test.Log.Of(Missing).First().Exception!.Message);
        broken = false;
        await UntilReadyAsync(test);
    }

    [Fact]
    public async Task Replica_FolderIsMade_OnlyItsOwnerMayWriteThere()
    {
        await using var test = await StartReadyAsync();
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(ReplicaFolder));
        }
    }

    [Fact]
    public async Task Score_KnownNetwork_AllocatesNothing()
    {
        await using var test = await StartReadyAsync();
        var replica = test.Client.Replica!;
        long Allocated()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var round = 0; round < 1_000; round++)
            {
                replica.Score(Rented);
            }
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Allocated();
        Assert.Equal(0, Allocated());
    }

    static async Task SendBadlyAsync(HttpContext context, string how, byte[] sound, string id)
    {
        context.Response.Headers.ETag = how switch
        {
            "nameless" => default,
            "path" => "\"../evil\"",
            "other" => $"\"{new string('0', 32)}\"",
            _ => $"\"{id}\"",
        };
        var body = how switch
        {
            "truncated" => sound[..(sound.Length / 2)],
            "flipped" => [.. sound[..100], (byte)(sound[100] ^ 1), .. sound[101..]],
            "html" => "<html>please log in</html>"u8.ToArray(),
            "empty" => [],
            "large" => new byte[9 * 1024 * 1024],
            _ => sound,
        };
        switch (how)
        {
            case "redirect":
                context.Response.Redirect("http://127.0.0.1:9/");
                return;
            case "broken":
                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
                return;
            case "endless":
                while (!context.RequestAborted.IsCancellationRequested)
                {
                    await context.Response.Body.WriteAsync(new byte[64 * 1024], context.RequestAborted);
                }
                return;
            case "cut":
                context.Response.ContentLength = body.Length + 100;
                await context.Response.Body.WriteAsync(body);
                await context.Response.Body.FlushAsync();
                context.Abort();
                return;
            default:
                context.Response.ContentLength = body.Length;
                await context.Response.Body.WriteAsync(body);
                return;
        }
    }

    List<string> Snapshots() => [.. Directory.GetFiles(ReplicaFolder, "*.snapshot").Select(file => Path.GetFileName(file)!)];

    async Task<TestClient> StartReadyAsync(Action<EnrichmentClientOptions>? configure = null)
    {
        var test = await StartAsync(configure);
        await UntilReadyAsync(test);
        return test;
    }

    static Task UntilReadyAsync(TestClient test) => TestClient.UntilAsync(() => test.Client.Replica is not null, "there is a replica");

    Task<TestClient> StartAsync(Action<EnrichmentClientOptions>? configure = null) => TestClient.StartAsync(
        options =>
        {
            options.Address = _server.Grpc;
            options.MaxAttempts = 1;
            options.Deadline = TimeSpan.FromSeconds(10);
            options.Replica = new()
            {
                Enabled = true,
                RestAddress = _server.Rest,
                Folder = ReplicaFolder,
                RetryDelay = TimeSpan.FromMilliseconds(20),
                MaxRetryDelay = TimeSpan.FromMilliseconds(100),
            };
            configure?.Invoke(options);
        },
        _clock);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }
}
