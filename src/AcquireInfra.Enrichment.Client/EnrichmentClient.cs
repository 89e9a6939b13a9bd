using System.Runtime.CompilerServices;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Client.Remote;
using AcquireInfra.Enrichment.Client.Replication;
using AcquireInfra.Enrichment.Exports;

namespace AcquireInfra.Enrichment.Client;

/// <summary>
/// Asks what addresses are and how risky: the local replica where there is one, else the service. A caller does not see the difference,
/// but in <see cref="IpVerdict.Origin"/> and in the time it takes. Thread-safe; one for the whole program.
/// </summary>
public sealed class EnrichmentClient
{
    /// <summary>Most addresses of one batch.</summary>
    public const int MaxBatchItems = 10_000;

    readonly RemoteScorer _remote;
    readonly ReplicaService _replica;

    internal EnrichmentClient(RemoteScorer remote, ReplicaService replica) => (_remote, _replica) = (remote, replica);

    /// <summary>The local replica, for code that cannot await; null while there is none.</summary>
    public LocalReplica? Replica => _replica.Current;

    /// <summary>Judges one address.</summary>
    /// <param name="ip">An IPv4 or IPv6 address like 192.0.2.7 or 2001:db8::7.</param>
    /// <exception cref="EnrichmentException">The text is no address (<c>bad_address</c>), or the service failed.</exception>
    public ValueTask<IpVerdict> ScoreAsync(string ip, CancellationToken cancellationToken = default) =>
        ScoreAsync(Asked.AddressIn(ip), cancellationToken);

    /// <inheritdoc cref="ScoreAsync(string, CancellationToken)"/>
    public ValueTask<IpVerdict> ScoreAsync(Address address, CancellationToken cancellationToken = default) =>
        Replica is { } replica ? new(replica.Score(address)) : _remote.ScoreAsync(address, cancellationToken);

    /// <summary>Judges one address and tells how that came about: every point with its evidence, and the verdict in a sentence.</summary>
    /// <inheritdoc cref="ScoreAsync(string, CancellationToken)"/>
    public ValueTask<VerdictResponse> ExplainAsync(string ip, CancellationToken cancellationToken = default) =>
        ExplainAsync(Asked.AddressIn(ip), cancellationToken);

    /// <inheritdoc cref="ExplainAsync(string, CancellationToken)"/>
    public ValueTask<VerdictResponse> ExplainAsync(Address address, CancellationToken cancellationToken = default) =>
        Replica is { } replica ? new(replica.Explain(address)) : _remote.ExplainAsync(address, cancellationToken);

    /// <summary>Judges up to <see cref="MaxBatchItems"/> addresses by one snapshot.</summary>
    /// <returns>One result for each text, in order, duplicates kept; a bad one has its error in its place.</returns>
    /// <exception cref="ArgumentException">There are more; <see cref="ScoreAllAsync(IAsyncEnumerable{string}, CancellationToken)"/> takes any number.</exception>
    /// <exception cref="EnrichmentException">The service failed.</exception>
    public ValueTask<IReadOnlyList<IpResult>> ScoreBatchAsync(IReadOnlyCollection<string> ips, CancellationToken cancellationToken = default)
    {
        if (ips.Count > MaxBatchItems)
        {
            throw new ArgumentException($"A batch has at most {MaxBatchItems} addresses, and these are {ips.Count}; use {nameof(ScoreAllAsync)}.", nameof(ips));
        }
        return Replica is { } replica
            ? new(Answers(replica.Current, ips))
            : _remote.ScoreBatchAsync(ips, cancellationToken);
    }

    /// <summary>
    /// Judges any number of addresses, in batches over one stream: the source is read no faster than results are taken, and a stream that
    /// breaks is opened again where it broke.
    /// </summary>
    /// <returns>One result for each text, in order, duplicates kept; a bad one has its error in its place.</returns>
    /// <exception cref="EnrichmentException">The service failed; results given out before stand.</exception>
    public IAsyncEnumerable<IpResult> ScoreAllAsync(IAsyncEnumerable<string> ips, CancellationToken cancellationToken = default) =>
        Replica is { } replica
            ? LocallyAsync(ips, ip => Answer(replica.Current, ip), cancellationToken)
            : _remote.ScoreAllAsync(ips, cancellationToken);

    /// <returns>One verdict for each address, in order, duplicates kept.</returns>
    /// <inheritdoc cref="ScoreAllAsync(IAsyncEnumerable{string}, CancellationToken)"/>
    public IAsyncEnumerable<IpVerdict> ScoreAllAsync(IAsyncEnumerable<Address> addresses, CancellationToken cancellationToken = default) =>
        Replica is { } replica
            ? LocallyAsync(addresses, replica.Score, cancellationToken)
            : _remote.ScoreAllAsync(addresses.Select(address => address.ToString()), cancellationToken).Select(VerdictIn);

    static List<IpResult> Answers(HourlyAnswers answers, IReadOnlyCollection<string> ips) => [.. ips.Select(ip => Answer(answers, ip))];

    static IpResult Answer(HourlyAnswers answers, string ip)
    {
        var asked = Asked.Read(ip);
        return asked.IsGood ? asked.Answered(answers.Score(asked.Address)) : asked.Refused();
    }

    static async IAsyncEnumerable<TAnswer> LocallyAsync<TAsked, TAnswer>(
        IAsyncEnumerable<TAsked> source, Func<TAsked, TAnswer> answer, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var asked in source.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return answer(asked);
        }
    }

    static IpVerdict VerdictIn(IpResult result) =>
        result.Verdict ?? throw new EnrichmentException(result.Error!.Code, result.Error.Detail);
}
