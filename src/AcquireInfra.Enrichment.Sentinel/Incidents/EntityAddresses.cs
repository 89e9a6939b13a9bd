using System.Text.Json;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;

namespace AcquireInfra.Enrichment.Sentinel.Incidents;

/// <summary>
/// Takes the addresses out of entities, in whatever form Sentinel's triggers and actions, or people, send them:
/// <code>
/// {"kind":"Ip","properties":{"address":"192.0.2.7"}}              incident trigger
/// {"Type":"ip","Address":"192.0.2.7"}, {"Address":"192.0.2.7"}     alert trigger, "Entities - Get IPs"
/// {"kind":"Url","properties":{"url":"http://192.0.2.7:8443/x"}}    whose host is an address
/// {"kind":"Host","properties":{"hostName":"192","dnsDomain":"0.2.7"}}  an address that was taken for a name
/// "192.0.2.7"
/// </code>
/// </summary>
/// <param name="most">Further addresses are counted as skipped, and not judged.</param>
internal sealed class EntityAddresses(int most)
{
    readonly HashSet<Address> _seen = [];
    readonly List<NamedAddress> _addresses = [];
    readonly List<SkippedEntity> _skipped = [];

    public IReadOnlyList<NamedAddress> Addresses => _addresses;

    public IReadOnlyList<SkippedEntity> Skipped => _skipped;

    /// <summary>Entities that name no address.</summary>
    public int Others { get; private set; }

    /// <summary>Addresses past <c>most</c>.</summary>
    public int TooMany { get; private set; }

    /// <param name="value">An entity, a text, or an array of these, nested or not.</param>
    public void Add(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Array:
                foreach (var element in value.EnumerateArray())
                {
                    Add(element);
                }
                break;
            case JsonValueKind.String:
                AddAddress(value.GetText());
                break;
            case JsonValueKind.Object:
                AddEntity(value);
                break;
            case JsonValueKind.Null:
                break;
            default:
                Skip(value.GetRawText(), AddressFault.NotAnAddress.Word());
                break;
        }
    }

    void AddEntity(JsonElement entity)
    {
        var properties = entity.Member("properties") is { ValueKind: JsonValueKind.Object } inner ? inner : entity;
        switch (KindOf(entity, properties))
        {
            case "ip":
                AddAddress((properties.Member("address") ?? properties.Member("ip"))?.GetText() ?? "");
                break;
            case "url":
                AddIfAddress(HostOf(properties.Member("url")?.GetText() ?? ""));
                break;
            case "host":
                var (host, domain) = (properties.Member("hostName")?.GetText() ?? "", properties.Member("dnsDomain")?.GetText() ?? "");
                AddIfAddress(domain.Length == 0 ? host : $"{host}.{domain}");
                break;
            default:
                Others++;
                break;
        }
    }

    // "type" is the kind in alerts, and the kind of resource in incidents: "Microsoft.SecurityInsights/Entities".
    static string KindOf(JsonElement entity, JsonElement properties)
    {
        var given = entity.Member("kind")?.GetText() ?? entity.Member("type")?.GetText() ?? "";
        return given.Length > 0 && !given.Contains('/', StringComparison.Ordinal) ? given.ToLowerInvariant()
            : properties.Member("address") is not null || properties.Member("ip") is not null ? "ip"
            : properties.Member("url") is not null ? "url"
            : properties.Member("hostName") is not null ? "host"
            : "";
    }

    /// <summary>What stands between the scheme and the path, without a user; an address if it can be read as one.</summary>
    internal static string HostOf(string url)
    {
        var start = url.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme ? scheme + 3 : 0;
        var end = url.IndexOfAny(['/', '\\', '?', '#'], start) is >= 0 and var path ? path : url.Length;
        var authority = url[start..end];
        return authority[(authority.LastIndexOf('@') + 1)..];
    }

    void AddIfAddress(string text)
    {
        if (!AddressParser.TryParse(text, out var address, out _))
        {
            Others++;
            return;
        }
        AddAddress(address, text);
    }

    void AddAddress(string text)
    {
        if (!AddressParser.TryParse(text, out var address, out var fault))
        {
            Skip(text, fault.Word());
            return;
        }
        AddAddress(address, text);
    }

    void AddAddress(Address address, string text)
    {
        // Of an address that carries another, whoever uses it is behind the one inside.
        var inside = EmbeddedIPv4.In(address);
        AddAddress(inside?.Address ?? address, text, inside is null ? "" : address.ToString());
    }

    void AddAddress(Address address, string text, string carriedBy)
    {
        var scope = SpecialPurpose.ScopeOf(address);
        if (scope != AddressScope.Global)
        {
            Skip(text, scope.Word());
        }
        else if (_seen.Contains(address))
        {
            Skip(text, "duplicate");
        }
        else if (_addresses.Count >= most)
        {
            TooMany++;
        }
        else
        {
            _seen.Add(address);
            _addresses.Add(new(address, SafeText.Shown(text), carriedBy));
        }
    }

    // As many as there may be addresses are told one by one.
    void Skip(string value, string reason)
    {
        if (_skipped.Count < most)
        {
            _skipped.Add(new(SafeText.Shown(value), reason));
            return;
        }
        TooMany++;
    }
}
