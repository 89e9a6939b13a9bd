using DnsClient;
using DnsClient.Protocol;

namespace AcquireInfra.Enrichment.Service.Deep;

/// <summary>DNS as it is needed here: a name that does not exist has no records, and whatever else goes wrong is a fault.</summary>
internal interface IDnsQuery
{
    /// <exception cref="DeepFaultException">No answer, or one that says that something failed.</exception>
    Task<IReadOnlyList<DnsResourceRecord>> AskAsync(string name, QueryType type, CancellationToken cancelled);
}

internal sealed class DnsQuery : IDnsQuery
{
    readonly LookupClient _client;

    public DnsQuery(DeepOptions options)
    {
        var servers = options.DnsServers.Select(server => DnsNames.TryParseServer(server, out var read) ? new NameServer(read) : throw new FormatException(server)).ToArray();
        _client = new(servers.Length > 0 ? Limited(new LookupClientOptions(servers), options) : Limited(new LookupClientOptions(), options));
    }

    // What is kept, and for how long, is the findings' to say; a second try would not come back within the budget.
    static LookupClientOptions Limited(LookupClientOptions dns, DeepOptions options)
    {
        (dns.UseCache, dns.Retries, dns.ThrowDnsErrors, dns.Timeout) = (false, 0, false, TimeSpan.FromMilliseconds(2 * options.QueryMilliseconds)); // the panel keeps the time
        return dns;
    }

    public async Task<IReadOnlyList<DnsResourceRecord>> AskAsync(string name, QueryType type, CancellationToken cancelled)
    {
        try
        {
            var response = await _client.QueryAsync(name, type, QueryClass.IN, cancelled);
            return response.Header.ResponseCode switch
            {
                DnsHeaderResponseCode.NoError or DnsHeaderResponseCode.NotExistentDomain => response.Answers,
                var code => throw new DeepFaultException("failed", $"the DNS server answers {code}"),
            };
        }
        catch (DnsResponseException exception)
        {
            cancelled.ThrowIfCancellationRequested();
            throw new DeepFaultException("failed", $"the DNS server does not answer: {exception.Code}", exception);
        }
    }
}
