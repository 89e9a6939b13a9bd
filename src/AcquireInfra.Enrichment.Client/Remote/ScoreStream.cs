using System.Globalization;
using Grpc.Core;

namespace AcquireInfra.Enrichment.Client.Remote;

/// <summary>
/// Any number of texts over one stream. A window of batches is kept, the oldest first: those sent and unanswered, then those to be sent.
/// No more are taken from the source than the window holds, and answers are handed out one batch at a time, so a slow caller slows the
/// source down and nothing piles up. Sending and reading go on side by side, for a service whose answers nobody reads reads no questions.
/// <para>
/// gRPC repeats a stream that failed before its first answer. One that failed after is opened again here and what is unanswered is sent
/// again; since every stream that is opened again has answered something, that comes to an end.
/// </para>
/// </summary>
internal sealed class ScoreStream : IAsyncDisposable
{
    readonly V1.EnrichmentService.EnrichmentServiceClient _client;
    readonly EnrichmentClientOptions _options;
    readonly CancellationToken _callers;
    readonly CancellationTokenSource _stop;
    readonly CancellationTokenRegistration _stopWithCaller;
    readonly IAsyncEnumerator<Batch> _batches;
    readonly List<Batch> _window = [];
    AsyncDuplexStreamingCall<V1.StreamScoreIpRequest, V1.StreamScoreIpResponse>? _call;
    Task<bool>? _fetching;
    Task? _sending;
    Task<bool>? _reading;
    int _sent; // of the window
    long _left; // batches that have left the window: the number of the oldest one in it
    bool _callIsBroken;
    bool _callHasAnswered;
    bool _sourceHasEnded;

    /// <param name="cancellationToken">The caller's: ends the call and what waits for the source.</param>
    public ScoreStream(
        V1.EnrichmentService.EnrichmentServiceClient client, IAsyncEnumerable<string> ips, EnrichmentClientOptions options, TimeProvider time,
        CancellationToken cancellationToken)
    {
        (_client, _options, _callers) = (client, options, cancellationToken);
        _stop = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _stopWithCaller = cancellationToken.UnsafeRegister(static stop => ((CancellationTokenSource)stop!).Cancel(), _stop);
        _batches = ips.InBatchesAsync(options.StreamBatchSize, options.StreamFlushInterval, time, _stop.Token)
            .Select(texts => new Batch(texts)).GetAsyncEnumerator(_stop.Token);
    }

    /// <summary>The results of the next batch; null after the last.</summary>
    /// <exception cref="EnrichmentException">The service failed, or did not answer a batch in time.</exception>
    public async Task<IpResult[]?> NextAnsweredAsync()
    {
        _stop.CancelAfter(Timeout.InfiniteTimeSpan); // how long the caller took, and the source takes, is their own affair
        var isTimed = false;
        while (true)
        {
            if (_window is [{ Sent.Count: 0 } bad, ..])
            {
                LeaveWindow();
                return bad.Results([], null);
            }
            if (_sourceHasEnded && _window.Count == 0)
            {
                await CompleteAsync().ConfigureAwait(false);
                return null;
            }
            if (!isTimed && _window.Count > 0)
            {
                _stop.CancelAfter(_options.BatchDeadline);
                isTimed = true;
            }
            Start();
            await Task.WhenAny(new[] { _sending, _reading, _fetching }.OfType<Task>()).ConfigureAwait(false);
            EndSending();
            if (_reading is { IsCompleted: true } && await ReadAsync(_reading).ConfigureAwait(false) is { } results)
            {
                return results;
            }
            if (_fetching is { IsCompleted: true })
            {
                await FetchAsync(_fetching).ConfigureAwait(false);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        foreach (var task in new[] { _fetching, _sending, _reading }.OfType<Task>())
        {
            await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await _batches.DisposeAsync().ConfigureAwait(false);
        _call?.Dispose();
        await _stopWithCaller.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    void Start()
    {
        if (_fetching is null && !_sourceHasEnded && _window.Count < _options.MaxBatchesInFlight)
        {
            _fetching = _batches.MoveNextAsync().AsTask();
        }
        while (_sent < _window.Count && _window[_sent].Sent.Count == 0)
        {
            _sent++; // all of it is bad: nothing to send
        }
        if (_window.Count == 0)
        {
            return;
        }
        _call ??= _client.StreamScoreIp(cancellationToken: _stop.Token);
        if (_sending is null && !_callIsBroken && _sent < _window.Count)
        {
            _sending = SendAsync(_call, _window[_sent], _left + _sent);
        }
        _reading ??= _call.ResponseStream.MoveNext(CancellationToken.None);
    }

    static Task SendAsync(AsyncDuplexStreamingCall<V1.StreamScoreIpRequest, V1.StreamScoreIpResponse> call, Batch batch, long number) =>
        call.RequestStream.WriteAsync(new() { CorrelationId = IdOf(number), Ips = { batch.Sent }, Detail = V1.Detail.Flat });

    // Why a call is broken is what reading from it tells.
    void EndSending()
    {
        if (_sending is { IsCompleted: true } sending)
        {
            _callIsBroken = !sending.IsCompletedSuccessfully;
            _sent += _callIsBroken ? 0 : 1;
            _ = sending.Exception;
            _sending = null;
        }
    }

    // Null where the call failed and is opened again.
    async Task<IpResult[]?> ReadAsync(Task<bool> reading)
    {
        _reading = null;
        try
        {
            if (!await reading.ConfigureAwait(false))
            {
                await ReopenOrThrowAsync(RpcErrors.BadAnswer("ended the stream before it had answered everything")).ConfigureAwait(false);
                return null;
            }
        }
        catch (Exception exception) when (_stop.IsCancellationRequested && exception is RpcException or OperationCanceledException)
        {
            throw Stopped(exception);
        }
        catch (RpcException exception)
        {
            var failure = RpcErrors.Translate(exception, _callers);
            await (exception.StatusCode == StatusCode.Unavailable ? ReopenOrThrowAsync(failure) : throw failure).ConfigureAwait(false);
            return null;
        }
        _callHasAnswered = true;
        if (_sent == 0 && _sending is not null)
        {
            await _sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // the answer was faster than the word that it is sent
            EndSending();
        }
        return ResultsOf(_call!.ResponseStream.Current);
    }

    IpResult[] ResultsOf(V1.StreamScoreIpResponse answer)
    {
        if (answer.Error is { } error)
        {
            throw new EnrichmentException(error.Code, error.Detail);
        }
        if (answer.CorrelationId != IdOf(_left))
        {
            throw RpcErrors.BadAnswer("answered batches out of order");
        }
        var results = _window[0].Results(answer.Results, answer.Basis);
        LeaveWindow();
        return results;
    }

    async Task ReopenOrThrowAsync(Exception failure)
    {
        if (!_callHasAnswered)
        {
            throw failure;
        }
        _call!.Dispose();
        if (_sending is not null)
        {
            await _sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // or it would count as sent on the next call
        }
        (_call, _sending, _sent, _callIsBroken, _callHasAnswered) = (null, null, 0, false, false);
    }

    async Task FetchAsync(Task<bool> fetching)
    {
        _fetching = null;
        try
        {
            _sourceHasEnded = !await fetching.ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (_stop.IsCancellationRequested)
        {
            throw Stopped(exception);
        }
        if (!_sourceHasEnded)
        {
            _window.Add(_batches.Current);
        }
    }

    void LeaveWindow()
    {
        _window.RemoveAt(0);
        _sent = Math.Max(_sent - 1, 0);
        _left++;
    }

    // Everything is answered: how the call ends changes nothing any more.
    async Task CompleteAsync()
    {
        if (_call is null)
        {
            return;
        }
        _stop.CancelAfter(_options.BatchDeadline);
        try
        {
            await _call.RequestStream.CompleteAsync().ConfigureAwait(false);
            await _call.ResponseStream.MoveNext(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is RpcException or InvalidOperationException)
        {
        }
    }

    Exception Stopped(Exception inner) => _callers.IsCancellationRequested
        ? new OperationCanceledException("The stream was cancelled by its caller.", inner, _callers)
        : new EnrichmentException("deadline_exceeded", $"A batch was not answered within {_options.BatchDeadline}.", inner);

    static string IdOf(long batch) => batch.ToString(CultureInfo.InvariantCulture);
}
