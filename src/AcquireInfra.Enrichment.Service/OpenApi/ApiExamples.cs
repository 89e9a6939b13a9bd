using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace AcquireInfra.Enrichment.Service.OpenApi;

/// <summary>Examples of requests and answers, by operation; in documentation space.</summary>
internal static class ApiExamples
{
    const string Verdict = """
        {"ip":"192.0.2.7","scope":"documentation","network":null,"asn":null,"asnName":null,"asnRole":null,"verdict":"special","level":null,
         "score":null,"rawScore":null,"confidence":null,"categories":[],"provider":null,"isHosting":null,"isVpn":null,"isProxy":null,
         "isResidentialProxy":null,"isTor":null,"isRelay":null,"isBulletproof":null,"isCdn":null,"isCrawler":null,"isMobile":null,
         "reason":"Not global: documentation (TEST-NET-1).","points":[],"unassessed":[],"warnings":[],"embedded":null,
         "snapshotId":"3f9a1c0d5e6b7a8f9c0d1e2f3a4b5c6d","policyVersion":"p1","judgedAt":"2026-11-24T12:00:00Z","dataAgeSeconds":5230}
        """;

    const string Rows = """
        {"input":"192.0.2.7","ip":"192.0.2.7","score":null}
        {"summary":{"total":1,"ok":1,"failed":0},"snapshotId":"3f9a1c0d5e6b7a8f9c0d1e2f3a4b5c6d","policyVersion":"p1","judgedAt":"2026-11-24T12:00:00Z"}

        """;

    static readonly Dictionary<(string? Operation, string MediaType), JsonNode> Requests = new()
    {
        [("PostBatch", "application/json")] = JsonNode.Parse("""{"ips":["192.0.2.7",{"ip":"2001:db8::7","id":"a","at":"2026-11-01T00:00:00Z"}]}""")!,
        [("PostBatch", "text/plain")] = "192.0.2.7\n2001:db8::7\n",
        [("PostBatch", "application/x-ndjson")] = "\"192.0.2.7\"\n{\"ip\":\"2001:db8::7\",\"id\":\"a\"}\n",
        [("PostBatch", "text/csv")] = "user,ip\nada,192.0.2.7\n",
    };

    static readonly Dictionary<(string? Operation, string MediaType), JsonNode> Answers = new()
    {
        [("GetVerdict", "application/json")] = JsonNode.Parse(Verdict)!,
        [("PostBatch", "application/json")] = Batch(),
        [("PostBatch", "application/x-ndjson")] = Rows,
        [("PostBatch", "text/csv")] = "user,ip,canonicalIp,score,error,errorReason\nada,192.0.2.7,192.0.2.7,,,\n",
    };

    public static void AddTo(OpenApiOperation operation)
    {
        Add(operation.OperationId, operation.RequestBody?.Content, Requests);
        Add(operation.OperationId, operation.Responses?.GetValueOrDefault("200")?.Content, Answers);
    }

    static void Add(string? operation, IDictionary<string, OpenApiMediaType>? content, Dictionary<(string?, string), JsonNode> examples)
    {
        foreach (var (mediaType, described) in content ?? new Dictionary<string, OpenApiMediaType>())
        {
            if (examples.TryGetValue((operation, mediaType), out var example))
            {
                described.Example = example.DeepClone();
                described.Schema = mediaType == "application/json" ? described.Schema : new OpenApiSchema { Type = JsonSchemaType.String };
            }
        }
    }

    static JsonObject Batch()
    {
        var verdict = JsonNode.Parse(Verdict)!.AsObject();
        verdict.Insert(0, "input", "192.0.2.7");
        var fault = JsonNode.Parse("""{"input":"192.0.2","error":{"code":"bad_address","reason":"ipv4_part_count","detail":"'192.0.2' has not four parts."}}""")!;
        return new JsonObject
        {
            ["results"] = new JsonArray(verdict, fault),
            ["summary"] = JsonNode.Parse("""{"total":2,"ok":1,"failed":1}"""),
            ["snapshotId"] = "3f9a1c0d5e6b7a8f9c0d1e2f3a4b5c6d",
            ["policyVersion"] = "p1",
            ["judgedAt"] = "2026-11-24T12:00:00Z",
        };
    }
}
