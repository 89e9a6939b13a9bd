using System.Collections.Concurrent;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Verdicts;
using Grpc.Core;

namespace AcquireInfra.Enrichment.Client.Tests;

/// <summary>Answers by a judge, unless it is told to behave otherwise.</summary>
internal sealed class FakeService(FakeData data) : V1.EnrichmentService.EnrichmentServiceBase
{
    readonly ConcurrentQueue<(string Method, string? Authorization)> _calls = new();
    int _cancelled;
    int _batches;
    long _largestBatch;

    /// <summary>Done at the start of every call: may throw, or not come back.</summary>
    public Func<ServerCallContext, Task> OnCall { get; set; } = _ => Task.CompletedTask;

    /// <summary>Done before a batch of a stream is answered; told which one of its call it is, from 0, and the text sent first.</summary>
    public Func<int, V1.StreamScoreIpRequest, ServerCallContext, Task> OnBatch { get; set; } = (_, _, _) => Task.CompletedTask;

    /// <summary>Changes answers before they are sent.</summary>
    public Action<V1.ScoreIpResponse> DistortScore { get; set; } = _ => { };

    public Action<V1.BatchScoreIpResponse> DistortBatch { get; set; } = _ => { };

    public Action<V1.StreamScoreIpResponse> DistortStream { get; set; } = _ => { };

    /// <summary>The stream is ended, with success, before the batch of this number is answered.</summary>
    public int? EndStreamAt { get; set; }

    public IReadOnlyList<(string Method, string? Authorization)> Calls => [.. _calls];

    public int Count(string method) => _calls.Count(call => call.Method == method);

    /// <summary>Streams that ended because the caller went.</summary>
    public int Cancelled => Volatile.Read(ref _cancelled);

    /// <summary>Batches received over all streams.</summary>
    public int Batches => Volatile.Read(ref _batches);

    public long LargestBatch => Volatile.Read(ref _largestBatch);

    public override async Task<V1.ScoreIpResponse> ScoreIp(V1.ScoreIpRequest request, ServerCallContext context)
    {
        var judge = await BeginAsync("ScoreIp", context);
        var answer = new V1.ScoreIpResponse
        {
            Verdict = WireAnswers.VerdictOf(judge, Address.Parse(request.Ip), request.Detail),
            Basis = WireAnswers.BasisOf(judge),
        };
        DistortScore(answer);
        return answer;
    }

    public override async Task<V1.BatchScoreIpResponse> BatchScoreIp(V1.BatchScoreIpRequest request, ServerCallContext context)
    {
        var judge = await BeginAsync("BatchScoreIp", context);
        var answer = new V1.BatchScoreIpResponse
        {
            Results = { request.Ips.Select(ip => WireAnswers.ResultOf(judge, ip)) },
            Basis = WireAnswers.BasisOf(judge),
        };
        DistortBatch(answer);
        return answer;
    }

    public override async Task StreamScoreIp(
        IAsyncStreamReader<V1.StreamScoreIpRequest> requestStream, IServerStreamWriter<V1.StreamScoreIpResponse> responseStream,
        ServerCallContext context)
    {
        var judge = await BeginAsync("StreamScoreIp", context);
        try
        {
            for (var batch = 0; await requestStream.MoveNext(context.CancellationToken); batch++)
            {
                var request = requestStream.Current;
                Interlocked.Increment(ref _batches);
                Volatile.Write(ref _largestBatch, Math.Max(LargestBatch, request.Ips.Count));
                await OnBatch(batch, request, context);
                if (batch == EndStreamAt)
                {
                    return;
                }
                var answer = new V1.StreamScoreIpResponse
                {
                    CorrelationId = request.CorrelationId,
                    Results = { request.Ips.Select(ip => WireAnswers.ResultOf(judge, ip)) },
                    Basis = WireAnswers.BasisOf(judge),
                };
                DistortStream(answer);
                await responseStream.WriteAsync(answer, context.CancellationToken);
            }
        }
        catch (Exception exception) when (exception is not RpcException) // a reset of the stream may come before the token
        {
            Interlocked.Increment(ref _cancelled);
            throw;
        }
    }

    public override async Task WatchSnapshots(
        V1.WatchSnapshotsRequest request, IServerStreamWriter<V1.WatchSnapshotsResponse> responseStream, ServerCallContext context)
    {
        await BeginAsync("WatchSnapshots", context);
        for (Judge? sent = null; !context.CancellationToken.IsCancellationRequested;)
        {
            if (data.Judge != sent)
            {
                sent = data.Judge;
                var snapshot = new V1.Snapshot { SnapshotId = sent.Snapshot.Id, PolicyVersion = sent.PolicyVersion };
                await responseStream.WriteAsync(new() { Snapshot = snapshot }, context.CancellationToken);
            }
            await Task.Delay(5, context.CancellationToken);
        }
    }

    async Task<Judge> BeginAsync(string method, ServerCallContext context)
    {
        _calls.Enqueue((method, context.RequestHeaders.GetValue("authorization")));
        await OnCall(context);
        return data.Judge;
    }
}
