using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Verdicts;
using DnsClient;
using DnsClient.Protocol;

namespace AcquireInfra.Enrichment.Service.Deep;

/// <summary>A DNS list, as Tor's or a blocklist's. That a name does not exist is its answer for addresses that it does not list.</summary>
internal sealed class DnsListProvider : IDeepProvider
{
    readonly DnsListOptions _list;
    readonly IDnsQuery _dns;
    readonly Dictionary<Address, Category> _codes;
    readonly HashSet<Address> _refusals;

    public DnsListProvider(DnsListOptions list, IDnsQuery dns)
    {
        (_list, _dns) = (list, dns);
        _codes = list.Codes.ToDictionary(code => Address.Parse(code.Key), code => Categories.TryParse(code.Value, out var category) ? category : throw new FormatException(code.Value));
        _refusals = [.. list.Refusals.Select(Address.Parse)];
        Covered = _codes.Values.Aggregate(CategorySet.Empty, (set, category) => set.With(category));
    }

    public string Id => _list.Id;

    public string Family => _list.Family ?? _list.Id;

    public string Definition => $"{Id} {_list.Zone} {Family} {_list.Provider} {_list.Reliability:R} {_list.IPv6} {string.Join(',', _list.Codes.Select(code => $"{code.Key}={code.Value}").Order(StringComparer.Ordinal))}";

    public string SentTo => _list.Zone;

    public CategorySet Covered { get; }

    public bool Knows(Address address) => address.IsIPv4 || _list.IPv6;

    public async Task<IReadOnlyList<DeepHit>> AskAsync(Address address, CancellationToken cancelled)
    {
        var records = await _dns.AskAsync(DnsNames.InList(address, _list.Zone), QueryType.A, cancelled);
        var answers = records.OfType<ARecord>().Select(record => Address.FromIPAddress(record.Address)).Distinct().ToList();
        foreach (var answer in answers)
        {
            if (_refusals.Contains(answer))
            {
                throw new DeepFaultException("refused", $"{_list.Zone} answers {answer}: it does not serve us.");
            }
            if (!DnsNames.IsCode(answer)) // resolvers sell names that do not exist, with the address of a web server
            {
                throw new DeepFaultException("wildcard", $"{_list.Zone} has {answer}, which is not in 127.0.0.0/8: the resolver makes up answers.");
            }
        }
        return [.. answers.Where(_codes.ContainsKey).Select(answer => new DeepHit(_codes[answer], _list.Reliability, $"{answer} in {_list.Zone}", _list.Provider))];
    }
}
