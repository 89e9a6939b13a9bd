using System.Collections.Concurrent;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Service.Observability;
using AcquireInfra.Enrichment.Service.Redis;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Deep;

/// <summary>
/// Findings about an address: kept in the process, shared through Redis where there is one, else asked for. Whoever asks for the same address
/// at the same time waits for the same asking. Addresses that are not global, and the owner's own, are never asked about.
/// </summary>
internal sealed class DeepLookup : IDisposable
{
    readonly DeepPanel _panel;
    readonly DeepOptions _options;
    readonly IReadOnlyList<Prefix> _own;
    readonly SharedFindings _shared;
    readonly EnrichmentMetrics _metrics;
    readonly TimeProvider _time;
    readonly MemoryCache _kept;
    readonly ConcurrentDictionary<Address, Lazy<Task<DeepFindings>>> _underway = [];

    public DeepLookup(DeepPanel panel, SharedFindings shared, IOptions<EnrichmentOptions> options, EnrichmentMetrics metrics, TimeProvider time)
    {
        (_panel, _shared, _metrics, _time, _options) = (panel, shared, metrics, time, options.Value.Deep);
        _own = Refreshing.PrefixOptions.Parse(options.Value.OwnerPrefixes);
        _kept = new(new MemoryCacheOptions { SizeLimit = _options.MaxKept });
    }

    /// <returns>Null for an address about which nobody is asked.</returns>
    public async Task<DeepFindings?> FindAsync(Address address)
    {
        if (!_panel.Knows(address) || SpecialPurpose.ScopeOf(address) != AddressScope.Global || _own.Any(prefix => prefix.Contains(address)))
        {
            return null;
        }
        if (_kept.TryGetValue(address, out DeepFindings? kept))
        {
            _metrics.Found("process");
            return kept;
        }
        var asking = _underway.GetOrAdd(address, _ => new(() => AskAsync(address)));
        return await asking.Value;
    }

    // Not ended by one caller's patience: others wait for it, and the budget bounds it.
    async Task<DeepFindings> AskAsync(Address address)
    {
        try
        {
            if (_kept.TryGetValue(address, out DeepFindings? kept))
            {
                return kept!; // found while this one was on its way here
            }
            if (await _shared.GetAsync(address) is { } shared && LifetimeOf(shared) - (_time.GetUtcNow().UtcDateTime - shared.AskedAt) is var left && left > TimeSpan.Zero)
            {
                _metrics.Found("redis");
                Keep(address, shared, left);
                return shared;
            }
            var found = await _panel.AskAsync(address, CancellationToken.None);
            _metrics.Found("asked");
            // One that is missing is asked again soon, and not with each question.
            Keep(address, found, found.IsWhole ? LifetimeOf(found) : _options.BreakFor);
            if (found.IsWhole)
            {
                _shared.Set(address, found, LifetimeOf(found));
            }
            return found;
        }
        finally
        {
            _underway.TryRemove(address, out _);
        }
    }

    void Keep(Address address, DeepFindings findings, TimeSpan lifetime) =>
        _kept.Set(address, findings, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = lifetime });

    TimeSpan LifetimeOf(DeepFindings findings) => (findings.HasEvidence ? _options.KeepFound : _options.KeepNothing) * (1 - 0.1 * Random.Shared.NextDouble());

    public void Dispose() => _kept.Dispose();
}
