using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;

namespace AcquireInfra.Enrichment.Sentinel.SignIns;

/// <summary>Sign-ins to score and what is told beside them, as callers send it.</summary>
/// <param name="SignIns">At most 10,000; one that cannot be read is told, and the others are scored.</param>
/// <param name="Baseline">By principal, the networks it was seen in before. A principal that is not in it has no baseline.</param>
/// <param name="AllowPrefixes">Prefixes that are expected: jump boxes, partners.</param>
/// <param name="OwnEgressPrefixes">Prefixes that your own people come from.</param>
/// <param name="AsOfSignIn">Whether each address is judged as of its sign-in. By default all are as of now.</param>
public sealed record SignInScoreRequest(
    IReadOnlyList<SignInEntry> SignIns,
    IReadOnlyDictionary<string, IReadOnlyList<BaselineEntry>>? Baseline = null,
    IReadOnlyList<string>? AllowPrefixes = null,
    IReadOnlyList<string>? OwnEgressPrefixes = null,
    bool AsOfSignIn = false);

/// <summary>Why a request as a whole cannot be read.</summary>
/// <param name="Field">The member that is wrong.</param>
public sealed record SignInFault(ProblemKind Kind, string Field, string Detail);

/// <summary>A request, read.</summary>
public sealed record SignInBatch(IReadOnlyList<SignIn> SignIns, IReadOnlyList<RejectedSignIn> Rejected, SignInSurroundings Surroundings)
{
    /// <summary>Most networks of one principal's baseline.</summary>
    public const int MaxNetworks = 200;

    /// <summary>Most prefixes of each list.</summary>
    public const int MaxPrefixes = 1_000;

    // Wider is no list of one's own any more.
    const int MinIPv4Length = 8;
    const int MinIPv6Length = 19;

    static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    /// <summary>Reads a request in JSON.</summary>
    /// <param name="ownPrefixes">The service's own, beside those that are sent.</param>
    /// <returns>Null where it cannot be read; <paramref name="fault"/> says why.</returns>
    public static SignInBatch? Read(ReadOnlyMemory<byte> json, int maxItems, IReadOnlyList<Prefix> ownPrefixes, out SignInFault? fault)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            return Read(document.RootElement, maxItems, ownPrefixes, out fault);
        }
        catch (JsonException exception)
        {
            var place = exception.LineNumber is { } line ? $" (line {line + 1}, byte {exception.BytePositionInLine + 1})" : "";
            fault = new(ProblemKind.BadRequest, "", $"The body is no request{place}. Send {{\"signIns\": [{{\"principal\": \"…\", \"ip\": \"192.0.2.7\"}}, …]}}.");
            return null;
        }
    }

    static SignInBatch? Read(JsonElement root, int maxItems, IReadOnlyList<Prefix> ownPrefixes, out SignInFault? fault)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("signIns", out var signIns) || signIns.ValueKind != JsonValueKind.Array)
        {
            fault = new(ProblemKind.BadRequest, "signIns", "The body has no list \"signIns\". Send {\"signIns\": [{\"principal\": \"…\", \"ip\": \"192.0.2.7\"}, …]}.");
            return null;
        }
        if (signIns.GetArrayLength() > maxItems)
        {
            fault = TooMany(maxItems);
            return null;
        }
        // The sign-ins are read one by one, so that a bad one fails alone; all else is one request.
        var beside = new SignInSides();
        foreach (var member in root.EnumerateObject())
        {
            if (!TryAdd(member, ref beside))
            {
                fault = new(ProblemKind.BadRequest, SafeText.Shown(member.Name), $"\"{SafeText.Shown(member.Name)}\" is no member of a request, or of another type. There are signIns, baseline, allowPrefixes, ownEgressPrefixes and asOfSignIn.");
                return null;
            }
        }
        if (SurroundingsOf(beside.Baseline, beside.AllowPrefixes, beside.OwnEgressPrefixes, beside.AsOfSignIn, maxItems, ownPrefixes, out fault) is not { } surroundings)
        {
            return null;
        }
        var (read, rejected) = (new List<SignIn>(), new List<RejectedSignIn>());
        foreach (var (index, element) in signIns.EnumerateArray().Index())
        {
            if (SignIn.TryRead(index, element, out var signIn, out var wrong))
            {
                read.Add(signIn);
                continue;
            }
            rejected.Add(wrong);
        }
        return new(read, rejected, surroundings);
    }

    static bool TryAdd(JsonProperty member, ref SignInSides beside)
    {
        var value = member.Value;
        try
        {
            beside = member.Name switch
            {
                "signIns" => beside,
                "baseline" => beside with { Baseline = value.Deserialize(SignInRequestJson.Default.IReadOnlyDictionaryStringIReadOnlyListBaselineEntry) },
                "allowPrefixes" => beside with { AllowPrefixes = value.Deserialize(SignInRequestJson.Default.IReadOnlyListString) },
                "ownEgressPrefixes" => beside with { OwnEgressPrefixes = value.Deserialize(SignInRequestJson.Default.IReadOnlyListString) },
                "asOfSignIn" when value.ValueKind is JsonValueKind.True or JsonValueKind.False => beside with { AsOfSignIn = value.GetBoolean() },
                _ => throw new JsonException(),
            };
            return true;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false; // the second: half a surrogate pair, which JSON can write and no text is
        }
    }

    /// <summary>Reads a request in any other form.</summary>
    public static SignInBatch? Read(SignInScoreRequest request, int maxItems, IReadOnlyList<Prefix> ownPrefixes, out SignInFault? fault)
    {
        if (request.SignIns.Count > maxItems)
        {
            fault = TooMany(maxItems);
            return null;
        }
        if (SurroundingsOf(request.Baseline, request.AllowPrefixes, request.OwnEgressPrefixes, request.AsOfSignIn, maxItems, ownPrefixes, out fault) is not { } surroundings)
        {
            return null;
        }
        var (read, rejected) = (new List<SignIn>(), new List<RejectedSignIn>());
        foreach (var (index, entry) in request.SignIns.Index())
        {
            if (SignIn.TryRead(index, entry, out var signIn, out var wrong))
            {
                read.Add(signIn);
                continue;
            }
            rejected.Add(wrong);
        }
        return new(read, rejected, surroundings);
    }

    static SignInFault TooMany(int most) => new(ProblemKind.TooManyItems, "signIns", $"A request has at most {most} sign-ins. Send them in parts, all of a principal in one.");

    static SignInSurroundings? SurroundingsOf(
        IReadOnlyDictionary<string, IReadOnlyList<BaselineEntry>>? baseline, IReadOnlyList<string>? allow, IReadOnlyList<string>? ownEgress, bool asOfSignIn,
        int maxPrincipals, IReadOnlyList<Prefix> ownPrefixes, out SignInFault? fault)
    {
        var networks = new Dictionary<string, IReadOnlyList<SeenNetwork>>(StringComparer.Ordinal);
        fault = baseline?.Count > maxPrincipals ? new(ProblemKind.TooManyItems, "baseline", $"A baseline has at most {maxPrincipals} principals.") : null;
        foreach (var (principal, entries) in fault is null && baseline is not null ? baseline : new Dictionary<string, IReadOnlyList<BaselineEntry>>())
        {
            var seen = new List<SeenNetwork>();
            foreach (var entry in entries ?? [])
            {
                if (seen.Count == MaxNetworks || TryRead(entry) is not { } network)
                {
                    fault = new(
                        ProblemKind.BadRequest, "baseline",
                        $"Of '{SafeText.Shown(principal)}': a baseline has at most {MaxNetworks} networks, each with a provider or an ASN, firstSeen a time like "
                        + "2026-11-01T00:00:00Z in UTC, and days from 1.");
                    return null;
                }
                seen.Add(network);
            }
            networks.Add(principal, seen);
        }
        var allowed = fault is null ? PrefixesOf(allow, "allowPrefixes", out fault) : null;
        var own = fault is null ? PrefixesOf(ownEgress, "ownEgressPrefixes", out fault) : null;
        return allowed is null || own is null ? null : new(new(networks), new(allowed), new([.. own, .. ownPrefixes]), asOfSignIn);
    }

    static SeenNetwork? TryRead(BaselineEntry? entry)
    {
        DateTimeOffset? first = null;
        if (entry?.FirstSeen is { } text)
        {
            if (!UtcTime.TryParse(text, out var time))
            {
                return null;
            }
            first = time;
        }
        return entry is null || (string.IsNullOrWhiteSpace(entry.Provider) && entry.Asn is null or 0) || entry.Provider?.Length > SignIn.MaxTextLength || entry.Days < 1
            ? null
            : new(entry.Provider ?? "", entry.Asn ?? 0, first, entry.Days);
    }

    static List<Prefix>? PrefixesOf(IReadOnlyList<string>? texts, string field, out SignInFault? fault)
    {
        var prefixes = new List<Prefix>();
        fault = texts?.Count > MaxPrefixes ? new(ProblemKind.TooManyItems, field, $"\"{field}\" has at most {MaxPrefixes} prefixes.") : null;
        foreach (var text in fault is null ? texts ?? [] : [])
        {
            var isPrefix = Prefix.Parse(Encoding.UTF8.GetBytes(text ?? ""), out var prefix) == PrefixFault.None;
            if (!isPrefix || prefix.Length < (prefix.IsIPv4 ? MinIPv4Length : MinIPv6Length))
            {
                fault = new(
                    ProblemKind.BadPrefix, field,
                    $"'{SafeText.Shown(text ?? "")}' in \"{field}\" is no prefix like 192.0.2.0/24 or 2001:db8::/32, without host bits, and no wider than /{MinIPv4Length}, IPv6 /{MinIPv6Length}.");
                break;
            }
            prefixes.Add(prefix);
        }
        return fault is null ? prefixes : null;
    }
}

/// <summary>What stands beside the sign-ins.</summary>
internal sealed record SignInSides(
    IReadOnlyDictionary<string, IReadOnlyList<BaselineEntry>>? Baseline = null, IReadOnlyList<string>? AllowPrefixes = null,
    IReadOnlyList<string>? OwnEgressPrefixes = null, bool AsOfSignIn = false);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(IReadOnlyDictionary<string, IReadOnlyList<BaselineEntry>>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class SignInRequestJson : JsonSerializerContext;
