using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AcquireInfra.Enrichment.Verdicts;

/// <summary>Reads constants of judging that people edit: all that is wrong with them in one message.</summary>
public static class PolicyText
{
    const int MaxVersionCharacters = 32;

    /// <param name="name">What it is called in messages, as "policy".</param>
    /// <param name="faultsOf">What is wrong with one that could be read, a sentence each.</param>
    /// <exception cref="FormatException">The JSON is no such thing; the message names every member that is wrong.</exception>
    public static T Parse<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type, string name, Func<T, IEnumerable<string>> faultsOf)
    {
        T policy;
        try
        {
            policy = JsonSerializer.Deserialize(json, type) ?? throw new FormatException($"The {name} is null.");
        }
        catch (JsonException exception)
        {
            throw new FormatException($"The {name} cannot be read: {exception.Message}", exception);
        }
        var faults = faultsOf(policy).ToList();
        return faults.Count == 0 ? policy : throw new FormatException($"The {name} is wrong: {string.Join(" ", faults)}");
    }

    /// <summary>What is wrong with a version, which goes into headers and names of files, too; null where nothing is.</summary>
    public static string? FaultOfVersion(string version)
    {
        var isVersion = version.Length is > 0 and <= MaxVersionCharacters && version.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_');
        return isVersion ? null : "version: 1 to 32 letters, digits, dots, hyphens and underscores.";
    }
}
