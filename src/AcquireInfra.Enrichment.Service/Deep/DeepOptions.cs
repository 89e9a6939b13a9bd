using System.ComponentModel.DataAnnotations;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Verdicts;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Deep;

/// <summary>Slow signals: what is asked about one address while its caller waits, where the caller asks for it. Each asks a third party, so all are off.</summary>
public sealed class DeepOptions
{
    /// <summary>Whether <c>deep=true</c> asks anybody. Default: no.</summary>
    public bool Enabled { get; set; }

    /// <summary>Longest that all of them together may take, in milliseconds: 10 to 5,000. Default 300. Who has not answered then is said to be missing.</summary>
    [Range(10, 5_000)]
    public int BudgetMilliseconds { get; set; } = 300;

    /// <summary>Longest one query takes, in milliseconds: 10 to 5,000. Default 250.</summary>
    [Range(10, 5_000)]
    public int QueryMilliseconds { get; set; } = 250;

    /// <summary>Most queries at once to each of those that are asked: 1 to 1,024. Default 32.</summary>
    [Range(1, 1024)]
    public int MaxConcurrent { get; set; } = 32;

    /// <summary>How long one is left alone that failed in half of its last queries: 1 second to 1 hour. Default 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan BreakFor { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>DNS servers to ask, address or address:port. Default: the system's.</summary>
    public IList<string> DnsServers { get; } = [];

    /// <summary>Whether the host name of an address is asked for; whoever runs its zone can see that. Default: no.</summary>
    public bool ReverseDns { get; set; }

    /// <summary>DNS lists to ask. Default: none.</summary>
    public IList<DnsListOptions> DnsLists { get; } = [];

    /// <summary>How long findings with evidence are kept: 1 second to 7 days. Default 6 hours; up to a tenth less, so that not all end at once.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan KeepFound { get; set; } = TimeSpan.FromHours(6);

    /// <summary>How long it is kept that nobody knows anything: 1 second to 1 day. Default 15 minutes. Where somebody is missing it is kept for BreakFor.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan KeepNothing { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Most findings that are kept in the process: 1 to 10,000,000. Default 100,000, some 50 MB.</summary>
    [Range(1, 10_000_000)]
    public int MaxKept { get; set; } = 100_000;
}

[OptionsValidator]
internal sealed partial class DeepOptionsValidator : IValidateOptions<DeepOptions>;

/// <summary>A DNS list: an address is listed where its name in the zone has an address of 127.0.0.0/8, whose meaning is the zone's own.</summary>
public sealed class DnsListOptions
{
    /// <summary>Names it in evidence: lower-case letters, digits and hyphens.</summary>
    public string Id { get; set; } = "";

    /// <summary>The zone, as "dnsel.torproject.org".</summary>
    public string Zone { get; set; } = "";

    /// <summary>0..1: how often it is right. Default 0.8.</summary>
    public double Reliability { get; set; } = 0.8;

    /// <summary>Sources that copy one another share a family, and count once. Default: the id.</summary>
    public string? Family { get; set; }

    /// <summary>What it names, as "Tor". Default: nothing.</summary>
    public string? Provider { get; set; }

    /// <summary>From answer to category, as "127.0.0.2": "tor". Other answers say nothing.</summary>
    public IDictionary<string, string> Codes { get; } = new Dictionary<string, string>();

    /// <summary>Answers by which it refuses us, as "127.255.255.254": nothing is known then, and the log says so.</summary>
    public IList<string> Refusals { get; } = [];

    /// <summary>Whether it has IPv6 addresses. Default: no.</summary>
    public bool IPv6 { get; set; }
}

/// <summary>What attributes cannot say of the options.</summary>
internal sealed class DeepSectionValidator : IValidateOptions<EnrichmentOptions>
{
    public ValidateOptionsResult Validate(string? name, EnrichmentOptions options)
    {
        List<string> faults =
        [
            .. options.Deep.DnsServers.Where(server => !DnsNames.TryParseServer(server, out _)).Select(server => $"DnsServers: '{server}' is no address of a server; write it like 192.0.2.53 or 192.0.2.53:53."),
            .. options.Deep.DnsLists.SelectMany(FaultsOf),
            .. options.Deep.DnsLists.GroupBy(list => list.Id).Where(same => same.Count() > 1).Select(same => $"DnsLists: the id '{same.Key}' is there twice."),
        ];
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults.Select(fault => $"{EnrichmentOptions.Section}:Deep:{fault}"));
    }

    static IEnumerable<string> FaultsOf(DnsListOptions list)
    {
        if (list.Id.Length is 0 or > 64 || !list.Id.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-'))
        {
            yield return $"DnsLists: the id '{list.Id}' is not 1 to 64 lower-case letters, digits and hyphens.";
        }
        if (!DnsNames.IsZone(list.Zone))
        {
            yield return $"DnsLists: '{list.Zone}' of '{list.Id}' is no zone.";
        }
        if (list.Reliability is not (> 0 and <= 1))
        {
            yield return $"DnsLists: the reliability of '{list.Id}' is above 0 and at most 1.";
        }
        if (list.Codes.Count == 0)
        {
            yield return $"DnsLists: '{list.Id}' needs Codes, from answers to categories.";
        }
        foreach (var (code, word) in list.Codes)
        {
            if (!DnsNames.TryParseCode(code, out _) || !Categories.TryParse(word, out _))
            {
                yield return $"DnsLists: '{list.Id}' has the code '{code}': '{word}'; write it like \"127.0.0.2\": \"tor\".";
            }
        }
        foreach (var code in list.Refusals.Where(code => !DnsNames.TryParseCode(code, out _)))
        {
            yield return $"DnsLists: '{list.Id}' has the refusal '{code}', which is no address of 127.0.0.0/8.";
        }
    }
}
