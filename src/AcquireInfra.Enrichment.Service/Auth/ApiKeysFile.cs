using System.Text.Json;
using System.Text.Json.Serialization;

namespace AcquireInfra.Enrichment.Service.Auth;

/// <summary>
/// The file of <c>Enrichment:Auth:ApiKeysFile</c>: <c>[{ "id": "soar", "sha256": ["…"], "roles": ["lookup"] }]</c>. Unknown and
/// repeated members are errors.
/// </summary>
internal static class ApiKeysFile
{
    const long MaxBytes = 1024 * 1024;

    /// <exception cref="FormatException">It is no such array; the message says where.</exception>
    /// <exception cref="IOException">It is not there, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static IReadOnlyList<ApiKeyOptions> Read(string path)
    {
        using var file = File.OpenRead(path);
        if (file.Length > MaxBytes)
        {
            throw new FormatException($"{path} is larger than {MaxBytes} bytes.");
        }
        try
        {
            return JsonSerializer.Deserialize(file, ApiKeysJson.Default.ListApiKeyOptions) is { } keys && !keys.Contains(null!)
                ? keys
                : throw new FormatException($"{path} holds null where an API key belongs.");
        }
        catch (JsonException exception)
        {
            // The reader's own message may quote the file, and an operator may have put a key there by mistake.
            throw new FormatException(
                $"{path} is no array of API keys: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}, {exception.Path ?? "$"}.");
        }
    }
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, ReadCommentHandling = JsonCommentHandling.Skip)]
[JsonSerializable(typeof(List<ApiKeyOptions>))]
internal sealed partial class ApiKeysJson : JsonSerializerContext;
