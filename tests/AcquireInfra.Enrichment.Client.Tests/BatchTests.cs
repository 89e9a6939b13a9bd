using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Client.Tests;

/// <summary>Up to ten thousand addresses in one question.</summary>
public sealed class BatchTests : IAsyncLifetime
{
    readonly SnapshotFolder _folder = new();
    FakeServer _server = null!;
    TestClient _test = null!;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var at = new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
        _server = await FakeServer.StartAsync(new FakeData(_folder.Compile("a", "104.131.0.0/16"), at));
        _test = await TestClient.StartAsync(options => (options.Address, options.MaxAttempts) = (_server.Grpc, 1));
    }

    [Fact]
    public async Task ScoreBatch_GoodAndBadAndTwice_AreInTheirPlaces()
    {
        string[] ips = ["104.131.0.1", "192.0.2", "104.131.0.1", "::ffff:104.131.0.2", "", "104.132.0.1"];
        var results = await _test.Client.ScoreBatchAsync(ips, Cancelled);
        Assert.Equal(ips, results.Select(result => result.Input));
        Assert.Equal(
            ["Hosting", "bad_address ipv4_part_count", "Hosting", "Hosting", "bad_address empty", "Unlisted"],
            results.Select(result => result.Verdict?.Kind.ToString() ?? $"{result.Error!.Code} {result.Error.Reason}"));
        Assert.Equal("104.131.0.2", results[3].Verdict!.Value.Address.ToString());
        Assert.Equal("BatchScoreIp", Assert.Single(_server.Service.Calls).Method);
    }

    [Theory, InlineData(0), InlineData(2)]
    public async Task ScoreBatch_NothingGood_MakesNoCall(int count)
    {
        var ips = Enumerable.Repeat("x", count).ToList();
        var results = await _test.Client.ScoreBatchAsync(ips, Cancelled);
        Assert.Equal(ips, results.Select(result => result.Error is null ? "" : result.Input));
        Assert.Empty(_server.Service.Calls);
    }

    [Fact]
    public async Task ScoreBatch_TooMany_IsRefusedWithTheWayOut()
    {
        var ips = Enumerable.Repeat("104.131.0.1", EnrichmentClient.MaxBatchItems + 1).ToList();
        var refusal = await Assert.ThrowsAsync<ArgumentException>(async () => await _test.Client.ScoreBatchAsync(ips, Cancelled));
        Assert.Contains("ScoreAllAsync", refusal.Message, StringComparison.Ordinal);
        ips.RemoveAt(0);
        Assert.Equal(EnrichmentClient.MaxBatchItems, (await _test.Client.ScoreBatchAsync(ips, Cancelled)).Count);
    }

    [Fact]
    public async Task ScoreBatch_ServiceRefusesOneItem_HasItsErrorInPlace()
    {
        _server.Service.DistortBatch = answer => answer.Results[1] = new() { Error = new() { Code = "bad_request", Detail = "no" } };
        var results = await _test.Client.ScoreBatchAsync(["104.131.0.1", "104.131.0.2"], Cancelled);
        Assert.Equal(VerdictKind.Hosting, results[0].Verdict!.Value.Kind);
        Assert.Equal(("104.131.0.2", new IpError("bad_request", null, "no")), (results[1].Input, results[1].Error));
    }

    [Theory, InlineData(0), InlineData(1), InlineData(2)]
    public async Task ScoreBatch_AnswerThatDoesNotFit_IsABadAnswer(int how)
    {
        _server.Service.DistortBatch = answer =>
        {
            switch (how)
            {
                case 0:
                    answer.Results.RemoveAt(0);
                    break;
                case 1:
                    (answer.Results[0], answer.Results[1]) = (answer.Results[1], answer.Results[0]);
                    break;
                default:
                    answer.Results[1] = new();
                    break;
            }
        };
        var failure = await Assert.ThrowsAsync<EnrichmentException>(
            async () => await _test.Client.ScoreBatchAsync(["104.131.0.1", "104.131.0.2"], Cancelled));
        Assert.Equal("bad_answer", failure.Code);
    }

    public async ValueTask DisposeAsync()
    {
        await _test.DisposeAsync();
        await _server.DisposeAsync();
        _folder.Dispose();
    }
}
