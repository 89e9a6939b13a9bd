using System.Text.Json;
using System.Text.Json.Serialization;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Compilation;

/// <summary>What words in a registered name say about the role of its ASN. The first rule that fits decides.</summary>
/// <param name="LeastNames">Names that were looked at and have a word, from which on they decide whether the word is used.</param>
public sealed record AsnRoleRules(int LeastNames, IReadOnlyList<AsnRoleRule> Rules)
{
    /// <exception cref="FormatException">Not such rules; the message says what is wrong.</exception>
    public static AsnRoleRules Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var rules = JsonSerializer.Deserialize(json, AsnRoleRulesJson.Default.AsnRoleRules) ?? throw new FormatException("The rules are null.");
            return rules.FaultOf() is { } fault ? throw new FormatException($"The rules are wrong: {fault}") : rules;
        }
        catch (JsonException exception)
        {
            throw new FormatException($"The rules cannot be read: {exception.Message}", exception);
        }
    }

    string? FaultOf() => LeastNames < 1 ? "leastNames: at least 1."
        : Rules.FirstOrDefault(rule => !AsnRoles.TryParseRole(rule.Role, out _)) is { } strange ? $"'{strange.Role}' is no role."
        : Rules.FirstOrDefault(rule => rule.LeastPrecision is not (> 0 and <= 1)) is { } loose ? $"{loose.Role}: leastPrecision above 0, at most 1."
        : Rules.SelectMany(rule => rule.Words.Concat(rule.Unless)).FirstOrDefault(word => !WordPattern.IsSound(word)) is { } word
            ? $"'{word}' is no word: small letters and digits, * before or behind, blanks between the words of a phrase."
        : null;
}

/// <param name="Role">A role's word.</param>
/// <param name="LeastPrecision">0..1: of the names that were looked at and have a word, the share that must have the role for the word to be used.</param>
/// <param name="Words">As <see cref="WordPattern"/>.</param>
/// <param name="Unless">Words whose presence takes a name out of the rule.</param>
public sealed record AsnRoleRule(string Role, double LeastPrecision, IReadOnlyList<string> Words, IReadOnlyList<string> Unless)
{
    [JsonIgnore]
    public AsnRole Is { get; } = AsnRoles.TryParseRole(Role, out var role) ? role : AsnRole.Unknown;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(AsnRoleRules))]
internal sealed partial class AsnRoleRulesJson : JsonSerializerContext;
