namespace AcquireInfra.Enrichment.Client.Remote;

/// <summary>Texts asked for together. The bad ones are answered in their places and not sent.</summary>
internal sealed class Batch
{
    readonly List<Asked> _items;

    public Batch(IEnumerable<string> texts)
    {
        _items = [.. texts.Select(Asked.Read)];
        Sent = [.. _items.Where(item => item.IsGood).Select(item => item.Text)];
    }

    /// <summary>What the service is asked, in order.</summary>
    public IReadOnlyList<string> Sent { get; }

    /// <summary>One result for each text, in order.</summary>
    /// <exception cref="EnrichmentException">The answer does not fit the question.</exception>
    public IpResult[] Results(IReadOnlyList<V1.Result> wire, V1.Basis? wireBasis)
    {
        if (wire.Count != Sent.Count)
        {
            throw RpcErrors.BadAnswer($"was asked for {Sent.Count} addresses and answered for {wire.Count}");
        }
        var basis = Sent.Count > 0 ? WireVerdicts.BasisOf(wireBasis) : null;
        var results = new IpResult[_items.Count];
        var at = 0;
        foreach (var (index, item) in _items.Index())
        {
            results[index] = item.IsGood ? ResultOf(item, wire[at++], basis!) : item.Refused();
        }
        return results;
    }

    static IpResult ResultOf(Asked item, V1.Result wire, AnswerBasis basis) => wire.OutcomeCase switch
    {
        V1.Result.OutcomeOneofCase.Verdict => item.Answered(WireVerdicts.Flat(wire.Verdict, item.Address, basis)),
        V1.Result.OutcomeOneofCase.Error =>
            new(item.Text, null, new IpError(wire.Error.Code, WireVerdicts.NullIfEmpty(wire.Error.Reason), wire.Error.Detail)),
        _ => throw RpcErrors.BadAnswer("sent a result with neither verdict nor error"),
    };
}
