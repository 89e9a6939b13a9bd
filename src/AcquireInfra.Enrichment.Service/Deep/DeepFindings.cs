using System.Text.Json.Serialization;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Service.Deep;

/// <summary>What those who were asked said of one address. Kept and shared as it is: it depends on no snapshot and no policy, so that neither empties what is kept.</summary>
/// <param name="Ip">The address in canonical text: what is read back is compared with it.</param>
/// <param name="AskedAt">UTC.</param>
internal sealed record DeepFindings(string Ip, DateTime AskedAt, IReadOnlyList<DeepAnswer> Answers)
{
    /// <summary>Who was told of the address.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> SentTo => [.. Answers.Where(answer => answer.Fault is not ("resting" or "busy")).Select(answer => answer.SentTo)];

    [JsonIgnore]
    public bool HasEvidence => Answers.Any(answer => answer.Hits.Count > 0);

    /// <summary>Whether everybody answered: only then is it worth keeping.</summary>
    [JsonIgnore]
    public bool IsWhole => Answers.All(answer => answer.Fault is null);

    public LiveFindings ToLive() => new(
        [.. Answers.SelectMany(answer => answer.Hits.Select(hit => new LiveEvidence(SourceOf(answer, hit), hit.Category, hit.Provider, hit.Reliability)))],
        Answers.Where(answer => answer.Fault is null).Aggregate(CategorySet.Empty, (set, answer) => set | new CategorySet(answer.Covered)));

    public DeepResponse ToResponse() => new(
        AskedAt, SentTo,
        [.. Answers.Select(answer => new DeepAnswerResponse(answer.Id, answer.Fault ?? (answer.Hits.Count > 0 ? "found" : "nothing"), [.. answer.Hits.Select(hit => hit.Detail)]))]);

    SourceInfo SourceOf(DeepAnswer answer, DeepHit hit) =>
        new() { Id = answer.Id, Name = hit.Detail, Family = answer.Family, Reliability = hit.Reliability, AsOf = new(AskedAt, TimeSpan.Zero) };
}

/// <param name="Covered">Categories in which it would have the address: bit n is the category with number n.</param>
/// <param name="Fault">Fixed word for why nothing is known of it: timedOut, busy, resting, refused, wildcard, failed; null where it answered.</param>
internal sealed record DeepAnswer(string Id, string Family, string SentTo, uint Covered, IReadOnlyList<DeepHit> Hits, string? Fault = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(DeepFindings))]
internal sealed partial class DeepJson : JsonSerializerContext;
