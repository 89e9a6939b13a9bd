using System.Text.Json;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Service.Deep;
using StackExchange.Redis;

namespace AcquireInfra.Enrichment.Service.Redis;

/// <summary>
/// Findings in Redis, under <c>{prefix}:v1:deep:{ip}</c>. They say themselves what they are of; whatever else stands there is a miss.
/// </summary>
internal sealed class SharedFindings(RedisServer redis)
{
    const int MaxBytes = 64 * 1024;

    public async Task<DeepFindings?> GetAsync(Address address)
    {
        if (!redis.IsConfigured)
        {
            return null;
        }
        var value = await redis.TryAsync("get", database => database.StringGetAsync(KeyOf(address)));
        if (value.IsNull || value.Length() > MaxBytes)
        {
            return null;
        }
        try
        {
            var findings = JsonSerializer.Deserialize(((ReadOnlyMemory<byte>)value).Span, DeepJson.Default.DeepFindings);
            return findings is { IsWhole: true } && findings.Ip == address.ToString() ? findings : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Written behind: nobody waits for it.</summary>
    public void Set(Address address, DeepFindings findings, TimeSpan lifetime)
    {
        if (redis.IsConfigured)
        {
            var value = JsonSerializer.SerializeToUtf8Bytes(findings, DeepJson.Default.DeepFindings);
            _ = redis.TryAsync("set", database => database.StringSetAsync(KeyOf(address), value, lifetime));
        }
    }

    RedisKey KeyOf(Address address) => redis.KeyOf($"v1:deep:{address}");
}
