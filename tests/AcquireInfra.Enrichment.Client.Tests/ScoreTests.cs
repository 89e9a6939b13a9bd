using System.Diagnostics;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Verdicts;
using Grpc.Core;

namespace AcquireInfra.Enrichment.Client.Tests;

/// <summary>One address, asked of the service.</summary>
public sealed class ScoreTests : IAsyncLifetime
{
    const string Listed = "104.131.0.1";

    readonly SnapshotFolder _folder = new();
    FakeServer _server = null!;

    FakeService Service => _server.Service;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await FakeServer.StartAsync(
        new FakeData(_folder.Compile("a", "104.131.0.0/16", "2604:a880::/32"), new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero)));

    [Fact]
    public async Task Score_ListedAddress_SaysWhatTheServiceSays()
    {
        await using var test = await StartAsync();
        var verdict = await test.Client.ScoreAsync(Listed, Cancelled);
        Assert.Equal((VerdictKind.Hosting, RiskLevel.Low, Listed), (verdict.Kind, verdict.Level, verdict.Address.ToString()));
        Assert.Equal("104.131.0.0/16", verdict.Network.ToString());
        Assert.Equal((true, null), (verdict.Is(Category.Hosting), verdict.Is(Category.Vpn)));
        Assert.Equal((_server.Data.Id, AnswerOrigin.Service), (verdict.SnapshotId, verdict.Origin));
        Assert.Equal(_server.Data.Judge.VerdictOf(Address.Parse(Listed)), verdict.Verdict);
        Assert.Null(test.Client.Replica);
    }

    [Fact]
    public async Task Score_SpecialAddress_HasNoScore()
    {
        await using var test = await StartAsync();
        var verdict = await test.Client.ScoreAsync(Address.Parse("192.0.2.7"), Cancelled);
        Assert.Equal((VerdictKind.Special, null, null, null, null), (verdict.Kind, verdict.Level, verdict.Score, verdict.RawScore, verdict.Confidence));
    }

    [Fact]
    public async Task Explain_AnyAddress_HasTheShapeOfRest()
    {
        await using var test = await StartAsync();
        foreach (var ip in (string[])[Listed, "104.132.0.1", "192.0.2.7", "2604:a880::1", "2002:6883:1::1"])
        {
            var judge = _server.Data.Judge;
            var expected = VerdictResponse.From(judge.Explain(Address.Parse(ip)), judge);
            Assert.Equivalent(expected, await test.Client.ExplainAsync(ip, Cancelled), strict: true);
        }
    }

    [Fact]
    public async Task Score_NoAddress_IsRefusedWithoutACall()
    {
        await using var test = await StartAsync();
        var failure = await Assert.ThrowsAsync<EnrichmentException>(async () => await test.Client.ScoreAsync("192.0.2", Cancelled));
        Assert.Equal("bad_address", failure.Code);
        Assert.Contains("'192.0.2'", failure.Detail, StringComparison.Ordinal);
        Assert.Empty(Service.Calls);
    }

    [Theory]
    [InlineData(StatusCode.Unavailable, 2, 4, 3)]
    [InlineData(StatusCode.ResourceExhausted, 1, 4, 2)]
    [InlineData(StatusCode.Unavailable, 9, 3, 3)]   // it goes on failing
    [InlineData(StatusCode.Unavailable, 9, 1, 1)]   // one attempt is none repeated
    [InlineData(StatusCode.InvalidArgument, 9, 4, 1)]
    [InlineData(StatusCode.Internal, 9, 4, 1)]
    public async Task Score_ServiceFails_IsRepeatedWhereThatHelps(StatusCode status, int failures, int attempts, int expectedCalls)
    {
        await using var test = await StartAsync(options => (options.MaxAttempts, options.Deadline) = (attempts, TimeSpan.FromSeconds(30)));
        Service.OnCall = _ => Service.Calls.Count <= failures ? throw new RpcException(new Status(status, "not now")) : Task.CompletedTask;
        var error = await Record.ExceptionAsync(async () => await test.Client.ScoreAsync(Listed, Cancelled));
        Assert.Equal(expectedCalls, Service.Calls.Count);
        Assert.Equal(failures >= expectedCalls, error is EnrichmentException);
    }

    [Fact]
    public async Task Score_StalledService_EndsAtTheDeadline()
    {
        await using var test = await StartAsync(options => options.Deadline = TimeSpan.FromMilliseconds(200));
        await WarmUpAsync(test.Client);
        Service.OnCall = context => Task.Delay(Timeout.Infinite, context.CancellationToken);
        var began = Stopwatch.GetTimestamp();
        var failure = await Assert.ThrowsAsync<EnrichmentException>(async () => await test.Client.ScoreAsync(Listed, Cancelled));
        Assert.Equal("deadline_exceeded", failure.Code);
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalMilliseconds, 150, 10_000);
    }

    [Fact]
    public async Task Score_CallerCancels_IsACancellation()
    {
        await using var test = await StartAsync(options => options.Deadline = TimeSpan.FromSeconds(30));
        using var cancel = new CancellationTokenSource();
        Service.OnCall = async context =>
        {
            await cancel.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        };
        var failure = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await test.Client.ScoreAsync(Listed, cancel.Token));
        Assert.Equal(cancel.Token, failure.CancellationToken);
    }

    [Fact]
    public async Task Score_NoServiceThere_IsUnavailable()
    {
        await using var test = await StartAsync(options => options.MaxAttempts = 1);
        await _server.DisposeAsync();
        var failure = await Assert.ThrowsAsync<EnrichmentException>(async () => await test.Client.ScoreAsync(Listed, Cancelled));
        Assert.Equal("unavailable", failure.Code);
    }

    public static TheoryData<string, Action<V1Answer>> BrokenAnswers => new()
    {
        { "another address", answer => answer.Wire.Verdict.Ip = "104.131.0.2" },
        { "no address", answer => answer.Wire.Verdict.Ip = "" },
        { "no verdict", answer => answer.Wire.Verdict = null },
        { "no basis", answer => answer.Wire.Basis = null },
        { "no hour", answer => answer.Wire.Basis.JudgedAt = null },
        { "unknown kind", answer => answer.Wire.Verdict.Kind = (V1.VerdictKind)99 },
        { "no level", answer => answer.Wire.Verdict.Level = V1.RiskLevel.Unspecified },
        { "score above 100", answer => answer.Wire.Verdict.Score = 101 },
        { "score below 0", answer => answer.Wire.Verdict.RawScore = -1 },
        { "no network", answer => answer.Wire.Verdict.Network = "104.131.0.0/33" },
    };

    [Theory, MemberData(nameof(BrokenAnswers))]
    public async Task Score_BrokenAnswer_IsABadAnswer(string what, Action<V1Answer> distort)
    {
        await using var test = await StartAsync();
        Service.DistortScore = answer => distort(new V1Answer(answer));
        var failure = await Assert.ThrowsAsync<EnrichmentException>(async () => await test.Client.ScoreAsync(Listed, Cancelled));
        Assert.True(failure.Code == "bad_answer", $"{what}: {failure.Message}");
    }

    // A service of before the field, and one of after a category that this client does not know.
    [Fact]
    public async Task Score_OlderOrNewerService_IsRead()
    {
        await using var test = await StartAsync();
        Service.DistortScore = answer =>
        {
            answer.Verdict.ClearAssessed();
            answer.Verdict.IsTor = false;
            answer.Verdict.Categories.Add((V1.Category)31);
            answer.Verdict.AsnRole = "satellite";
        };
        var verdict = await test.Client.ScoreAsync(Listed, Cancelled);
        Assert.Equal(CategorySet.Of(Category.Hosting, Category.Tor), verdict.Assessed);
        Assert.Equal(CategorySet.Of(Category.Hosting), verdict.Present);
        Assert.Equal(AsnRole.Unknown, verdict.AsnRole);
    }

    [Theory]
    [InlineData("lookup.secret-1", null, "ApiKey lookup.secret-1")]
    [InlineData(null, "token-2", "Bearer token-2")]
    [InlineData(null, null, null)]
    public async Task Score_Credential_GoesWithTheCall(string? key, string? token, string? expected)
    {
        await using var test = await StartAsync(options =>
        {
            options.ApiKey = key;
            options.TokenProvider = token is null ? null : _ => ValueTask.FromResult(token);
        });
        await test.Client.ScoreAsync(Listed, Cancelled);
        Assert.Equal(("ScoreIp", expected), Assert.Single(Service.Calls));
        Assert.DoesNotContain(test.Log.Lines, line => line.Text.Contains(key ?? token ?? "\0", StringComparison.Ordinal));
    }

    async Task<TestClient> StartAsync(Action<EnrichmentClientOptions>? configure = null) => await TestClient.StartAsync(options =>
    {
        (options.Address, options.Deadline) = (_server.Grpc, TimeSpan.FromSeconds(10));
        configure?.Invoke(options);
    });

    // The first call makes the connection, which takes longer than a tight deadline on a busy machine.
    static async Task WarmUpAsync(EnrichmentClient client)
    {
        for (var attempt = 0; await Record.ExceptionAsync(async () => await client.ScoreAsync(Listed)) is not null && attempt < 50; attempt++)
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>An answer on its way out; the wire types are internal to this project, and test methods are public.</summary>
    public sealed class V1Answer
    {
        internal V1Answer(V1.ScoreIpResponse wire) => Wire = wire;

        internal V1.ScoreIpResponse Wire { get; }
    }
}
