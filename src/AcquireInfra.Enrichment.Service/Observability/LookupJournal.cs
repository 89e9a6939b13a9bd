using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Service.Deep;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Service.Limits;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Observability;

/// <summary>
/// What is kept of a look-up: its metrics, and a record in the log where <c>Enrichment:AuditLog</c> asks for one. Each door calls it once
/// for each request that it answers.
/// </summary>
internal sealed class LookupJournal(EnrichmentMetrics metrics, IOptions<EnrichmentOptions> options, ILogger<LookupJournal> logger)
{
    readonly bool _isAudited = options.Value.AuditLog;

    /// <param name="began">A timestamp of <see cref="System.Diagnostics.Stopwatch"/>, taken before anything was parsed.</param>
    public void Answered(HttpContext context, string door, Address address, long began)
    {
        metrics.Answered(door, addresses: 1, began);
        if (_isAudited)
        {
            Audit(context, door, addresses: 1, address.ToString());
        }
    }

    /// <summary>Many addresses are counted and never named; a prefix or an ASN counts as one.</summary>
    public void Answered(HttpContext context, string door, int addresses, long began)
    {
        metrics.Answered(door, addresses, began);
        if (_isAudited)
        {
            Audit(context, door, addresses, "-");
        }
    }

    /// <summary>A record of who was told of an address, where look-ups are audited.</summary>
    public void Sent(HttpContext context, Address address, DeepFindings findings)
    {
        if (_isAudited)
        {
            var (caller, about) = (SafeText.Shown(Caller.Of(context).ToString()), address.ToString());
            var to = SafeText.Shown(string.Join(", ", findings.SentTo));
            Log.LookupSent(logger, caller, about, to, findings.AskedAt);
        }
    }

    void Audit(HttpContext context, string door, int addresses, string address)
    {
        var caller = SafeText.Shown(Caller.Of(context).ToString());
        Log.LookupAudited(logger, caller, door, addresses, address);
    }
}
