using System.Buffers;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;

namespace AcquireInfra.Enrichment.Service.Auth;

/// <summary>
/// All API keys that are valid at one time. A key is <c>id.secret</c>: the id names the caller, the secret is at least 256 random bits
/// in base64url. Only the SHA-256 of the whole key is kept.
/// </summary>
internal sealed class ApiKeyRing
{
    public const string Scheme = "ApiKey";

    public static ApiKeyRing Empty { get; } = new([]);

    const int MaxIdLength = 64;
    const int MinSecretLength = 43; // 256 bits
    const int MaxSecretLength = 128;

    static readonly SearchValues<char> KeyCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    readonly (byte[] Digest, ClaimsPrincipal Caller)[] _keys;

    ApiKeyRing((byte[] Digest, ClaimsPrincipal Caller)[] keys) => _keys = keys;

    /// <summary>How many digests are valid.</summary>
    public int Count => _keys.Length;

    /// <summary>Null, and all that is wrong in <paramref name="faults"/>, when anything is.</summary>
    public static ApiKeyRing? Create(IEnumerable<ApiKeyOptions> keys, List<string> faults)
    {
        var ring = new List<(byte[], ClaimsPrincipal)>();
        var (ids, digests) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.OrdinalIgnoreCase));
        foreach (var key in keys)
        {
            if (!IsId(key.Id))
            {
                faults.Add($"The id of API key number {ids.Count + 1} is not 1 to {MaxIdLength} letters, digits, '-' and '_'.");
                return null;
            }
            if (!ids.Add(key.Id))
            {
                faults.Add($"API key {key.Id} is there twice; give it two digests instead.");
            }
            if (key.Sha256.Count is 0 or > 2)
            {
                faults.Add($"API key {key.Id} has {key.Sha256.Count} digests in Sha256; give it one, or two while it is replaced.");
            }
            if (key.Roles.Count == 0 || key.Roles.Any(role => !Roles.All.Contains(role)))
            {
                faults.Add($"API key {key.Id} has no Roles, or an unknown one; there are {string.Join(", ", Roles.All)}.");
            }
            var caller = CallerIdentity.Create(Scheme, "key:" + key.Id, key.Roles);
            foreach (var text in key.Sha256)
            {
                if (text.Length != 2 * SHA256.HashSizeInBytes || !text.All(char.IsAsciiHexDigit))
                {
                    faults.Add($"A digest of API key {key.Id} is not the 64 hex digits of a SHA-256. 'enrich key new' makes a key with its digest.");
                }
                else if (!digests.Add(text))
                {
                    faults.Add($"A digest of API key {key.Id} is there twice.");
                }
                else
                {
                    ring.Add((Convert.FromHexString(text), caller));
                }
            }
        }
        return faults.Count == 0 ? new([.. ring]) : null;
    }

    /// <summary>
    /// The caller whose key this is, or null. The digest is compared with every key's, each in constant time and whichever matched, so
    /// that the time an answer takes says nothing of any key.
    /// </summary>
    public ClaimsPrincipal? Find(ReadOnlySpan<char> presented)
    {
        if (!HasShape(presented))
        {
            return null;
        }
        Span<byte> text = stackalloc byte[MaxIdLength + 1 + MaxSecretLength];
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..Encoding.ASCII.GetBytes(presented, text)], digest);
        ClaimsPrincipal? found = null;
        foreach (var (known, caller) in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(digest, known))
            {
                found = caller;
            }
        }
        return found;
    }

    /// <summary>Whether both hold the same keys for the same callers.</summary>
    public bool IsSameAs(ApiKeyRing other) => _keys.Length == other._keys.Length && _keys.Zip(other._keys).All(pair =>
        pair.First.Digest.AsSpan().SequenceEqual(pair.Second.Digest)
        && pair.First.Caller.Claims.Select(claim => claim.Value).SequenceEqual(pair.Second.Caller.Claims.Select(claim => claim.Value)));

    static bool IsId(ReadOnlySpan<char> text) => text.Length is > 0 and <= MaxIdLength && !text.ContainsAnyExcept(KeyCharacters);

    static bool HasShape(ReadOnlySpan<char> key)
    {
        var dot = key.IndexOf('.');
        return dot > 0 && IsId(key[..dot])
            && key[(dot + 1)..] is { Length: >= MinSecretLength and <= MaxSecretLength } secret && !secret.ContainsAnyExcept(KeyCharacters);
    }
}
