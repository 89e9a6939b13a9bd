using System.Text.Json;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Service.Deep;
using AcquireInfra.Enrichment.Verdicts;
using StackExchange.Redis;

namespace AcquireInfra.Enrichment.Service.Redis;

/// <summary>
/// Findings in Redis, under <c>{prefix}:v1:deep:{panel}:{ip}</c>: replicas that ask others share nothing. They say themselves what they are of;
/// whatever else stands there is a miss.
/// </summary>
internal sealed class SharedFindings(RedisServer redis, DeepPanel panel)
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
            return findings is not null && IsSound(findings, address) ? findings : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Others may write there: nothing that is read may break a verdict.
    static bool IsSound(DeepFindings findings, Address address) =>
        findings.Ip == address.ToString() && findings.AskedAt.Kind == DateTimeKind.Utc && findings.Answers.Count > 0
        && findings.Answers.All(answer => answer is { Fault: null, Id: not null, Family: not null, SentTo: not null, Hits: not null }
            && answer.Hits.All(hit => hit is { Reliability: > 0 and <= 1, Detail: not null } && (uint)hit.Category < Categories.Count));

    /// <summary>Written behind: nobody waits for it.</summary>
    public void Set(Address address, DeepFindings findings, TimeSpan lifetime)
    {
        if (redis.IsConfigured)
        {
            var value = JsonSerializer.SerializeToUtf8Bytes(findings, DeepJson.Default.DeepFindings);
            _ = redis.TryAsync("set", database => database.StringSetAsync(KeyOf(address), value, lifetime));
        }
    }

    RedisKey KeyOf(Address address) => redis.KeyOf($"v1:deep:{panel.Fingerprint}:{address}");
}
