using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;

namespace AcquireInfra.Enrichment.Sentinel.SignIns;

/// <summary>A sign-in as callers send it. Only the principal and the address are needed; what is not known is left out.</summary>
public sealed record SignInEntry
{
    /// <summary>Echoed with the sign-in.</summary>
    public string? Id { get; init; }

    /// <summary>Who signed in: any text that is the same for the same one, such as a hash.</summary>
    public string? Principal { get; init; }

    /// <summary>user, which is the default, servicePrincipal or managedIdentity.</summary>
    public string? PrincipalKind { get; init; }

    /// <summary>When, ISO 8601 in UTC. By default now.</summary>
    public string? At { get; init; }

    /// <summary>IPv4 or IPv6 address as text.</summary>
    public string? Ip { get; init; }

    public string? AppId { get; init; }

    public string? AppName { get; init; }

    /// <summary>Entra ID's result code, 0 for a success. Without one it counts as a success.</summary>
    public string? ResultType { get; init; }

    /// <summary>As ClientAppUsed has it.</summary>
    public string? ClientApp { get; init; }

    /// <summary>As AuthenticationProtocol has it: deviceCode, ropc and others.</summary>
    public string? Protocol { get; init; }

    /// <summary>As AuthenticationRequirement has it: singleFactorAuthentication or multiFactorAuthentication.</summary>
    public string? AuthenticationRequirement { get; init; }

    public bool? DeviceCompliant { get; init; }

    public bool? DeviceManaged { get; init; }

    public bool? IsInteractive { get; init; }

    /// <summary>Whether the application is a confidential client: its non-interactive sign-ins show the address of whoever signed in to it.</summary>
    public bool? IsConfidentialClient { get; init; }

    /// <summary>Whether the principal has a privileged role.</summary>
    public bool? Privileged { get; init; }

    /// <summary>Names of the principal's roles; the policy says which are privileged.</summary>
    public IReadOnlyList<string>? Roles { get; init; }

    /// <summary>Entra ID's own detections, as anonymizedIPAddress.</summary>
    public IReadOnlyList<string>? RiskEventTypes { get; init; }

    /// <summary>Whether it came from a named location that is trusted.</summary>
    public bool? TrustedLocation { get; init; }

    public string? UserAgent { get; init; }

    /// <summary>ASN as the log has it, for the seed's score alone. By default the one that is known of the address.</summary>
    public long? Asn { get; init; }

    /// <summary>NetworkLocationDetails as the log has it, for the seed's score alone.</summary>
    public string? NetworkLocation { get; init; }
}

/// <summary>A sign-in whose texts are read.</summary>
/// <param name="Index">0-based place among those sent.</param>
/// <param name="At">Null for now.</param>
public sealed record SignIn(int Index, SignInEntry Entry, string Principal, PrincipalKind Kind, Address Address, DateTimeOffset? At)
{
    /// <summary>Most characters of a principal, an id or any other short text.</summary>
    public const int MaxTextLength = 256;

    /// <summary>Most characters of a user agent or a network location; what is more is not looked at.</summary>
    public const int MaxLongTextLength = 2048;

    /// <summary>Most roles, and most risk events.</summary>
    public const int MaxListed = 64;

    /// <summary>Reads one element of what was sent.</summary>
    public static bool TryRead(int index, JsonElement element, [NotNullWhen(true)] out SignIn? signIn, [NotNullWhen(false)] out RejectedSignIn? rejected)
    {
        signIn = null;
        try
        {
            if (element.ValueKind == JsonValueKind.Object && element.Deserialize(SignInJson.Default.SignInEntry) is { } entry)
            {
                return TryRead(index, entry, out signIn, out rejected);
            }
            rejected = Rejected(index, null, "not_an_object", "A sign-in is an object with \"principal\" and \"ip\".");
        }
        catch (JsonException exception)
        {
            var place = exception.Path is { Length: > 0 } path ? $" at {SafeText.Shown(path)}" : "";
            rejected = Rejected(index, null, "bad_member", $"A member is unknown, given twice or of another type{place}.");
        }
        catch (InvalidOperationException)
        {
            rejected = Rejected(index, null, "bad_member", "A text holds half a surrogate pair."); // JSON can write what no text is
        }
        return false;
    }

    /// <summary>Reads what was sent in any form.</summary>
    public static bool TryRead(int index, SignInEntry entry, [NotNullWhen(true)] out SignIn? signIn, [NotNullWhen(false)] out RejectedSignIn? rejected)
    {
        signIn = null;
        var id = entry.Id is { Length: <= MaxTextLength } given ? given : null;
        if (string.IsNullOrWhiteSpace(entry.Principal))
        {
            rejected = Rejected(index, id, "no_principal", "A sign-in has a \"principal\": any text that is the same for the same one.");
            return false;
        }
        if (LongMember(entry) is { } member)
        {
            rejected = Rejected(index, id, "too_long", $"\"{member}\" is longer than {MaxTextLength} characters, or has more than {MaxListed} members.");
            return false;
        }
        var kind = PrincipalKind.User;
        if (entry.PrincipalKind is { } word && !PrincipalKinds.TryParse(word, out kind))
        {
            rejected = Rejected(index, id, "bad_kind", $"\"principalKind\" is one of {string.Join(", ", PrincipalKinds.All)}.");
            return false;
        }
        DateTimeOffset? at = null;
        if (entry.At is { } text)
        {
            if (!UtcTime.TryParse(text, out var time))
            {
                rejected = Rejected(index, id, "bad_time", "\"at\" is a time like 2026-11-24T12:00:00Z, in UTC.");
                return false;
            }
            at = time;
        }
        if (!AddressParser.TryParse(entry.Ip ?? "", out var address, out var fault))
        {
            rejected = new(index, id, new(ProblemKind.BadAddress.Code, fault.Word(), ProblemKind.Explain(entry.Ip ?? "", fault)));
            return false;
        }
        rejected = null;
        signIn = new(index, entry, entry.Principal, kind, address, at);
        return true;
    }

    static RejectedSignIn Rejected(int index, string? id, string reason, string detail) => new(index, id, new(ProblemKind.BadRequest.Code, reason, detail));

    static string? LongMember(SignInEntry entry)
    {
        static bool IsLong(string? text) => text is { Length: > MaxTextLength };
        static bool AreLong(IReadOnlyList<string>? texts) => texts is { Count: > MaxListed } || texts?.Any(text => text is null or { Length: > MaxTextLength }) == true;
        return IsLong(entry.Id) ? "id"
            : IsLong(entry.Principal) ? "principal"
            : IsLong(entry.AppId) ? "appId"
            : IsLong(entry.AppName) ? "appName"
            : IsLong(entry.ResultType) ? "resultType"
            : IsLong(entry.ClientApp) ? "clientApp"
            : IsLong(entry.Protocol) ? "protocol"
            : IsLong(entry.AuthenticationRequirement) ? "authenticationRequirement"
            : AreLong(entry.Roles) ? "roles"
            : AreLong(entry.RiskEventTypes) ? "riskEventTypes"
            : null;
    }
}

/// <summary>What is wrong with a sign-in, which is left out; the others are scored.</summary>
/// <param name="Index">0-based place among those sent.</param>
public sealed record RejectedSignIn(int Index, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Id, ErrorResponse Error);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SignInEntry))]
internal sealed partial class SignInJson : JsonSerializerContext;
