using AcquireInfra.Enrichment.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace AcquireInfra.Enrichment.Service.Tests.Rpc;

public sealed class BatchScoreIpTests(ServiceFixture fixture) : IDisposable
{
    readonly RpcClient _client = new(fixture.Service);

    [Fact]
    public async Task Batch_MixedItems_OrderAndDuplicatesAndIdsAreKept()
    {
        var answer = await _client.BatchAsync(new()
        {
            Items =
            {
                new Item { Ip = "192.0.2.1" },
                new Item { Ip = "192.0.2.2", Id = "a" },
                new Item { Ip = "nonsense" },
                new Item { Octets = ByteString.CopyFrom(192, 0, 2, 3), Id = "a" },
                new Item { Octets = ByteString.CopyFrom(192, 0, 2), Id = "b" },
                new Item(),
                new Item { Ip = "192.0.2.1" },
                new Item { Ip = "192.0.2.1:443", Id = "é\n" },
            },
        });
        Assert.Equal(["192.0.2.1", "192.0.2.2", null, "192.0.2.3", null, null, "192.0.2.1", "192.0.2.1"], answer.Results.Select(result => result.Verdict?.Ip));
        Assert.Equal(["", "a", "", "a", "b", "", "", "é\n"], answer.Results.Select(result => result.Id));
        Assert.Equal(
            [("nonsense", "bad_address", "not_an_address"), ("0xC00002", "bad_address", "not_an_address"), ("", "bad_address", "empty")],
            answer.Results.Where(result => result.Error is not null).Select(result => (result.Error.Input, result.Error.Code, result.Error.Reason)));
        Assert.Equal(new Summary { Total = 8, Ok = 5, Failed = 3 }, answer.Summary);
    }

    [Fact]
    public async Task Batch_ItemsAtAnotherHour_AreJudgedAtThat()
    {
        var fresh = Timestamp.FromDateTimeOffset(DateTimeOffset.Parse(ServiceFixture.FreshHour, null));
        var stale = Timestamp.FromDateTimeOffset(DateTimeOffset.Parse(ServiceFixture.FreshHour, null).AddYears(5));
        var items = Enumerable.Range(0, 6).Select(at => new Item { Ip = "159.65.1.1", At = at % 2 == 0 ? fresh : stale });
        var answer = await _client.BatchAsync(new() { Items = { items, new Item { Ip = "159.65.1.1", At = new() { Nanos = -1 } } }, Detail = Detail.Explained });
        Assert.Equal([22, 22, 22], answer.Results.Take(6).Where((_, at) => at % 2 == 0).Select(result => result.Verdict.Score));
        Assert.All(answer.Results.Take(6).Where((_, at) => at % 2 == 1), result => Assert.InRange(result.Verdict.Score, 0, 21));
        var ages = answer.Results.Take(2).Select(result => result.Verdict.DataAgeSeconds).ToList();
        Assert.Equal((stale - fresh).Seconds, ages[1] - ages[0]);
        Assert.Equal("bad_request", answer.Results[6].Error.Code);
        var single = await _client.VerdictAsync(new() { Ip = "159.65.1.1", At = stale, Detail = Detail.Explained });
        Assert.Equal(single, answer.Results[1].Verdict);
    }

    [Theory, InlineData(256, true), InlineData(257, false), InlineData(100_000, false)]
    public async Task Batch_LongId_IsAnErrorInItsPlace(int length, bool isGood)
    {
        var id = new string('x', length);
        var answer = await _client.BatchAsync(new() { Items = { new Item { Ip = "192.0.2.1", Id = id }, new Item { Ip = "192.0.2.2" } } });
        Assert.Equal(isGood ? ("192.0.2.1", id, null) : (null, "", "bad_request"), (answer.Results[0].Verdict?.Ip, answer.Results[0].Id, answer.Results[0].Error?.Code));
        Assert.Equal("192.0.2.2", answer.Results[1].Verdict.Ip);
    }

    [Fact]
    public async Task Batch_TenThousandLongestItems_FitIntoOneMessage()
    {
        var at = Timestamp.FromDateTimeOffset(DateTimeOffset.Parse(ServiceFixture.FreshHour, null).AddTicks(1));
        var items = Enumerable.Range(0, 10_000).Select(row => new Item { Ip = $"198.51.100.{row % 256}".PadLeft(128), Id = $"{row}".PadLeft(256), At = at });
        var answer = await _client.BatchAsync(new() { Items = { items } });
        Assert.Equal(new Summary { Total = 10_000, Ok = 10_000 }, answer.Summary);
        Assert.Equal(Enumerable.Range(0, 10_000), answer.Results.Select(result => int.Parse(result.Id, null)));
        Assert.Equal("198.51.100.15", answer.Results[^1].Verdict.Ip);
    }

    [Fact]
    public async Task Batch_OneItemTooMany_IsRefused()
    {
        foreach (var request in (BatchScoreIpRequest[])[
            new() { Ips = { Enumerable.Repeat("192.0.2.1", 10_001) } },
            new() { Items = { Enumerable.Repeat(new Item { Ip = "192.0.2.1" }, 10_001) } }])
        {
            var error = await RpcError.OfAsync(() => _client.BatchAsync(request));
            Assert.Equal((StatusCode.InvalidArgument, "TOO_MANY_ITEMS"), (error.Status, error.Info.Reason));
            Assert.Contains("10001", error.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Batch_NoFormOrBoth_IsRefused()
    {
        foreach (var request in (BatchScoreIpRequest[])[new(), new() { Ips = { "192.0.2.1" }, Items = { new Item { Ip = "192.0.2.1" } } }])
        {
            var error = await RpcError.OfAsync(() => _client.BatchAsync(request));
            Assert.Equal((StatusCode.InvalidArgument, "BAD_REQUEST", "ips"), (error.Status, error.Info.Reason, error.Field));
        }
    }

    [Fact]
    public async Task Batch_MessageAboveTheLimit_IsRefused()
    {
        var exception = await Assert.ThrowsAsync<RpcException>(() => _client.BatchAsync(new() { Ips = { new string('1', 5_000_000) } }));
        Assert.Equal(StatusCode.ResourceExhausted, exception.StatusCode);
    }

    // A message of 200 kB that would be 200 MB: what counts is what comes out.
    [Fact]
    public async Task Batch_CompressedBomb_IsRefused()
    {
        var options = new CallOptions(
            new Metadata { { "grpc-internal-encoding-request", "gzip" } }, cancellationToken: TestContext.Current.CancellationToken);
        var small = await _client.CallAsync<BatchScoreIpRequest, BatchScoreIpResponse>("BatchScoreIp", new() { Ips = { "192.0.2.1" } }, options);
        Assert.Single(small.Results); // compressed requests are read
        var bomb = new BatchScoreIpRequest { Ips = { new string('1', 200_000_000) } };
        var exception = await Assert.ThrowsAsync<RpcException>(
            () => _client.CallAsync<BatchScoreIpRequest, BatchScoreIpResponse>("BatchScoreIp", bomb, options));
        Assert.Equal(StatusCode.ResourceExhausted, exception.StatusCode);
    }

    [Fact]
    public async Task Batch_AnswerAboveTheLimit_IsRefusedWithAdvice()
    {
        await using var service = await RunningService.StartAsync(
            fixture.StateFolder, "--Enrichment:MaxBatchItems=100000", "--Enrichment:MaxGrpcMessageBytes=20000000", "--Enrichment:GrpcUnaryDeadline=00:01:00");
        using var client = new RpcClient(service);
        var request = new BatchScoreIpRequest { Ips = { Enumerable.Repeat("159.65.1.1", 60_000) }, Detail = Detail.Explained };
        var error = await RpcError.OfAsync(() => client.BatchAsync(request));
        Assert.Equal((StatusCode.InvalidArgument, "TOO_MANY_ITEMS"), (error.Status, error.Info.Reason));
        Assert.Contains("16777216 bytes", error.Detail, StringComparison.Ordinal);
        request.Detail = Detail.Flat;
        Assert.Equal(60_000, (await client.BatchAsync(request)).Summary.Ok);
    }

    public void Dispose() => _client.Dispose();
}
