using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Verdicts;
using DnsClient;
using DnsClient.Protocol;

namespace AcquireInfra.Enrichment.Service.Deep;

/// <summary>
/// The words in an address's host name. Whoever has the reverse zone writes into it what they like, so that a name counts only where it leads
/// back to the address, and then as weak evidence. No name, or one without such words, says nothing.
/// </summary>
internal sealed class ReverseDnsProvider(IDnsQuery dns) : IDeepProvider
{
    const int MaxNames = 2; // some addresses have hundreds

    public string Id => "reverse-dns";

    public string Family => Id;

    public string Definition => Id;

    public string SentTo => "the address's reverse zone and its host name's zone";

    public CategorySet Covered => CategorySet.Empty;

    public bool Knows(Address address) => true;

    public async Task<IReadOnlyList<DeepHit>> AskAsync(Address address, CancellationToken cancelled)
    {
        var zone = address.IsIPv4 ? "in-addr.arpa" : "ip6.arpa";
        var names = (await dns.AskAsync(DnsNames.InList(address, zone), QueryType.PTR, cancelled)).OfType<PtrRecord>().Take(MaxNames).Select(record => record.PtrDomainName.Value);
        var hits = new List<DeepHit>();
        foreach (var name in names)
        {
            if (HostNameWords.Find(name) is { } found && await LeadsBackAsync(name, address, cancelled))
            {
                hits.Add(new(found.Category, HostNameWords.Reliability, $"'{found.Word}' in {SafeText.Shown(name.TrimEnd('.'))}"));
            }
        }
        return hits;
    }

    async Task<bool> LeadsBackAsync(string name, Address address, CancellationToken cancelled) =>
        (await dns.AskAsync(name, address.IsIPv4 ? QueryType.A : QueryType.AAAA, cancelled)).OfType<AddressRecord>().Any(record => record.Address.Equals(address.ToIPAddress()));
}
