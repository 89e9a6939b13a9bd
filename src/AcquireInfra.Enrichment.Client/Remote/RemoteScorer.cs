using System.Runtime.CompilerServices;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Client.Remote;

/// <summary>Asks the service.</summary>
internal sealed class RemoteScorer(
    V1.EnrichmentService.EnrichmentServiceClient client, IOptions<EnrichmentClientOptions> options, TimeProvider time)
{
    readonly EnrichmentClientOptions _options = options.Value;

    public async ValueTask<IpVerdict> ScoreAsync(Address address, CancellationToken cancellationToken)
    {
        var (verdict, basis) = await AskAsync(address, V1.Detail.Flat, cancellationToken).ConfigureAwait(false);
        return WireVerdicts.Flat(verdict, address, basis);
    }

    public async ValueTask<VerdictResponse> ExplainAsync(Address address, CancellationToken cancellationToken)
    {
        var (verdict, basis) = await AskAsync(address, V1.Detail.Explained, cancellationToken).ConfigureAwait(false);
        return WireReports.Explained(verdict, basis);
    }

    public async ValueTask<IReadOnlyList<IpResult>> ScoreBatchAsync(IEnumerable<string> ips, CancellationToken cancellationToken)
    {
        var batch = new Batch(ips);
        if (batch.Sent.Count == 0)
        {
            return batch.Results([], null);
        }
        try
        {
            var request = new V1.BatchScoreIpRequest { Ips = { batch.Sent }, Detail = V1.Detail.Flat };
            var response = await client.BatchScoreIpAsync(request, Within(_options.BatchDeadline, cancellationToken)).ConfigureAwait(false);
            return batch.Results(response.Results, response.Basis);
        }
        catch (RpcException exception)
        {
            throw RpcErrors.Translate(exception, cancellationToken);
        }
    }

    public async IAsyncEnumerable<IpResult> ScoreAllAsync(IAsyncEnumerable<string> ips, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stream = new ScoreStream(client, ips, _options, time, cancellationToken);
        while (await stream.NextAnsweredAsync().ConfigureAwait(false) is { } results)
        {
            foreach (var result in results)
            {
                yield return result;
            }
        }
    }

    async Task<(V1.Verdict, AnswerBasis)> AskAsync(Address address, V1.Detail detail, CancellationToken cancellationToken)
    {
        try
        {
            var request = new V1.ScoreIpRequest { Ip = address.ToString(), Detail = detail };
            var response = await client.ScoreIpAsync(request, Within(_options.Deadline, cancellationToken)).ConfigureAwait(false);
            var verdict = response.Verdict ?? throw RpcErrors.BadAnswer("sent no verdict");
            return (verdict, WireVerdicts.BasisOf(response.Basis));
        }
        catch (RpcException exception)
        {
            throw RpcErrors.Translate(exception, cancellationToken);
        }
    }

    // gRPC holds a deadline against the system's clock, whatever clock the replica judges by.
    static CallOptions Within(TimeSpan deadline, CancellationToken cancellationToken) =>
        new(deadline: (TimeProvider.System.GetUtcNow() + deadline).UtcDateTime, cancellationToken: cancellationToken);
}
