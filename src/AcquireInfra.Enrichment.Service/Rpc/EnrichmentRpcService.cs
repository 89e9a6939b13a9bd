using System.Buffers;
using System.Diagnostics;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Sentinel.SignIns;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Service.Limits;
using AcquireInfra.Enrichment.Service.Lookup;
using AcquireInfra.Enrichment.Service.Observability;
using AcquireInfra.Enrichment.Service.SignIns;
using AcquireInfra.Enrichment.V1;
using AcquireInfra.Enrichment.Verdicts;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Rpc;

/// <summary>The gRPC door. Methods translate: message to address, verdict to message.</summary>
internal sealed class EnrichmentRpcService(
    EncoderProvider encoders, AddressSpaces spaces, SignInScoring signIns, SnapshotWatch watch, Stopping stopping, RpcFailures failures, LookupJournal journal,
    IOptions<EnrichmentOptions> options)
    : EnrichmentRpc.Service
{
    static readonly byte ResultsTag = ProtoWire.Tag(BatchScoreIpResponse.ResultsFieldNumber);

    [EnableRateLimiting(LimitPolicy.Lookups)]
    public override Task<Encoded> ScoreIp(ScoreIpRequest request, ServerCallContext context)
    {
        try
        {
            return Task.FromResult(Score(request, context));
        }
        catch (Exception exception)
        {
            throw failures.Of(exception, context);
        }
    }

    [EnableRateLimiting(LimitPolicy.Batches)]
    public override Task<Encoded> BatchScoreIp(BatchScoreIpRequest request, ServerCallContext context) =>
        failures.GuardAsync(context, () => Task.FromResult(Batch(request, context)));

    [EnableRateLimiting(LimitPolicy.BulkJobs)]
    public override Task StreamScoreIp(
        IAsyncStreamReader<StreamScoreIpRequest> requests, IServerStreamWriter<Encoded> answers, ServerCallContext context) =>
        failures.GuardAsync(context, () => StreamAsync(requests, answers, context));

    [EnableRateLimiting(LimitPolicy.Batches)]
    public override Task<ScoreSignInsResponse> ScoreSignIns(ScoreSignInsRequest request, ServerCallContext context) =>
        failures.GuardAsync(context, () => Task.FromResult(Score(request, context)));

    [EnableRateLimiting(LimitPolicy.Batches)]
    public override Task<GetAsnResponse> GetAsn(GetAsnRequest request, ServerCallContext context) =>
        failures.GuardAsync(context, () => AsnAsync(request, context));

    [EnableRateLimiting(LimitPolicy.Lookups)]
    public override Task<GetSnapshotResponse> GetSnapshot(GetSnapshotRequest request, ServerCallContext context) =>
        failures.GuardAsync(context, () => Task.FromResult(CurrentSnapshot()));

    public override Task WatchSnapshots(
        WatchSnapshotsRequest request, IServerStreamWriter<WatchSnapshotsResponse> answers, ServerCallContext context) =>
        failures.GuardAsync(context, () => WatchAsync(answers, context));

    Encoded Score(ScoreIpRequest request, ServerCallContext context)
    {
        var began = Stopwatch.GetTimestamp();
        var address = AddressOf(request);
        var isExplained = Asked.IsExplained(request.Detail) ?? throw RpcProblems.BadRequest("detail", Asked.DetailDetail(request.Detail));
        var encoder = encoders.Current ?? throw RpcProblems.NoSnapshot();
        if (request.At is { } at)
        {
            encoder = Asked.TryReadTime(at, out var time) ? encoder.By(encoder.Judge.AtTime(time)) : throw RpcProblems.BadRequest("at", Asked.TimeDetail);
        }
        var answer = new Encoded(encoder.EncodeScore(address, isExplained));
        journal.Answered(context.GetHttpContext(), LookupDoor.Grpc, address, began);
        return answer;
    }

    Encoded Batch(BatchScoreIpRequest request, ServerCallContext context)
    {
        var began = Stopwatch.GetTimestamp();
        if (BatchFault.Of(request, options.Value.MaxBatchItems) is { } fault)
        {
            throw fault.ToException();
        }
        var encoder = encoders.Current ?? throw RpcProblems.NoSnapshot();
        var buffer = new ArrayBufferWriter<byte>();
        var answer = new BatchAnswer(encoder, ResultsTag, request.Detail == Detail.Explained, buffer, context.CancellationToken);
        if (!answer.TryWrite(request.Ips, request.Items))
        {
            throw BatchFault.AnswerTooLong.ToException();
        }
        new BatchScoreIpResponse { Summary = answer.Summary, Basis = encoder.Basis }.WriteTo(buffer);
        journal.Answered(context.GetHttpContext(), LookupDoor.GrpcBatch, answer.Summary.Total, began);
        return new Encoded(buffer.WrittenMemory);
    }

    ScoreSignInsResponse Score(ScoreSignInsRequest request, ServerCallContext context)
    {
        var began = Stopwatch.GetTimestamp();
        var encoder = encoders.Current ?? throw RpcProblems.NoSnapshot();
        if (SignInBatch.Read(SignInMessages.RequestOf(request), options.Value.MaxBatchItems, signIns.OwnPrefixes, out var fault) is not { } batch)
        {
            throw RpcProblems.Of(fault!.Kind, fault.Detail, fault.Field);
        }
        var answer = SignInMessages.Of(SignInScoreResponse.Of(batch, signIns.Scorer, encoder.Judge, context.CancellationToken), encoder.Basis);
        if (answer.CalculateSize() > RpcServices.MaxAnswerBytes)
        {
            throw BatchFault.AnswerTooLong.ToException();
        }
        journal.Answered(context.GetHttpContext(), LookupDoor.GrpcBatch, batch.SignIns.Count, began);
        return answer;
    }

    // Awaiting each write is the back pressure: a caller that does not read is not read from, and nothing queues.
    async Task StreamAsync(
        IAsyncStreamReader<StreamScoreIpRequest> requests, IServerStreamWriter<Encoded> answers, ServerCallContext context)
    {
        var began = Stopwatch.GetTimestamp();
        using var ends = stopping.EndOf(context);
        ends.CancelAfter(options.Value.GrpcStreamDeadline);
        var stream = new StreamAnswers(encoders, options.Value.MaxBatchItems);
        try
        {
            while (await requests.MoveNext(ends.Token))
            {
                await answers.WriteAsync(stream.Answer(requests.Current, ends.Token), ends.Token);
            }
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested && !stopping.HasBegun)
        {
            throw RpcProblems.DeadlineExceeded();
        }
        finally
        {
            journal.Answered(context.GetHttpContext(), LookupDoor.GrpcStream, stream.Addresses, began);
        }
    }

    async Task<GetAsnResponse> AsnAsync(GetAsnRequest request, ServerCallContext context)
    {
        var began = Stopwatch.GetTimestamp();
        if (request.Asn == 0)
        {
            throw RpcProblems.BadAsn();
        }
        var judge = encoders.Current?.Judge ?? throw RpcProblems.NoSnapshot();
        var asn = new Asn(request.Asn);
        var known = judge.Snapshot.AsnOf(asn) ?? throw RpcProblems.NotFound(asn, judge.Snapshot.Id);
        var space = await spaces.OfAsync(judge.Snapshot, context.CancellationToken);
        var answer = SnapshotMessages.Of(known, AsnSpace.Of(judge, space, asn), judge.Snapshot);
        journal.Answered(context.GetHttpContext(), LookupDoor.Grpc, addresses: 1, began);
        return answer;
    }

    GetSnapshotResponse CurrentSnapshot()
    {
        var judge = encoders.Current?.Judge ?? throw RpcProblems.NoSnapshot();
        return new()
        {
            Snapshot = SnapshotMessages.Of(judge),
            Sources = { judge.Snapshot.Sources.Select(SnapshotMessages.Of) },
        };
    }

    async Task WatchAsync(IServerStreamWriter<WatchSnapshotsResponse> answers, ServerCallContext context)
    {
        using var ends = stopping.EndOf(context);
        await foreach (var judge in watch.ReadAllAsync(ends.Token))
        {
            await answers.WriteAsync(new() { Snapshot = SnapshotMessages.Of(judge) }, ends.Token);
        }
    }

    static Address AddressOf(ScoreIpRequest request)
    {
        if (request.AddressCase == ScoreIpRequest.AddressOneofCase.Octets)
        {
            return Asked.TryReadOctets(request.Octets, out var octets) ? octets : throw RpcProblems.BadOctets(request.Octets);
        }
        return AddressParser.TryParse(request.Ip, out var address, out var fault)
            ? address
            : throw RpcProblems.BadAddress(request.Ip, fault);
    }
}
