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
         "reason":"Not global: documentation (TEST-NET-1).","points":[],"unassessed":[],"warnings":[],"embedded":null,"override":null,
         "snapshotId":"3f9a1c0d5e6b7a8f9c0d1e2f3a4b5c6d","policyVersion":"p1","overridesRevision":418,"judgedAt":"2026-11-24T12:00:00Z","dataAgeSeconds":5230}
        """;

    const string Rows = """
        {"input":"192.0.2.7","ip":"192.0.2.7","score":null}
        {"summary":{"total":1,"ok":1,"failed":0},"snapshotId":"3f9a1c0d5e6b7a8f9c0d1e2f3a4b5c6d","policyVersion":"p1","overridesRevision":418,"judgedAt":"2026-11-24T12:00:00Z"}

        """;

    const string Flat = """
        "asn":64500,"asnName":"Example","asnRole":"hosting","verdict":"hosting","level":"low","score":22,"rawScore":22,"confidence":32,
        "categories":["hosting"],"provider":"Example","isHosting":true,"isVpn":false,"isProxy":null,"isResidentialProxy":null,"isTor":null,
        "isRelay":null,"isBulletproof":null,"isCdn":false,"isCrawler":null,"isMobile":null
        """;

    const string Version = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    const string Choice = """{"reason":"The new list calls our offices hosting."}""";

    const string Snapshots = """
        {"liveId":"3f9a1c0d5e6b7a8f9c0d1e2f3a4b5c6d","pin":null,"periods":[{"snapshotId":"3f9a1c0d5e6b7a8f9c0d1e2f3a4b5c6d",
         "from":"2026-11-24T11:00:00Z","until":null,"isKept":true,"dataAsOf":"2026-11-24T10:00:00Z","fileBytes":15490256,
         "policyId":"9f86d081884c7d659a2feaa0c55ad015","because":null,"deletedBecause":null,"mayBeKeptUntil":null}]}
        """;

    const string ThenAndNow = """
        {"results":[{"input":"192.0.2.7","ip":"192.0.2.7",
         "then":{"verdict":"ordinary","level":"minimal","score":0,"categories":["isp"],"provider":"Example","asn":64500,
          "snapshotId":"8c0d1e2f3a4b5c6d3f9a1c0d5e6b7a8f","judgedAt":"2026-11-01T00:00:00Z"},
         "now":{"verdict":"anonymizer","level":"medium","score":40,"categories":["vpn","isp"],"provider":"Example","asn":64500,
          "snapshotId":"3f9a1c0d5e6b7a8f9c0d1e2f3a4b5c6d","judgedAt":"2026-11-24T12:00:00Z"},
         "changed":true,"added":["vpn"],"removed":[]}],
         "summary":{"total":1,"ok":1,"failed":0,"changed":1},"snapshotId":"3f9a1c0d5e6b7a8f9c0d1e2f3a4b5c6d"}
        """;

    const string Basis = "\"snapshotId\":\"3f9a1c0d5e6b7a8f9c0d1e2f3a4b5c6d\",\"policyVersion\":\"p1\"";

    const string OverrideBody = """
        {"target":{"prefix":"192.0.2.0/24"},"effect":"suppress","categories":["vpn"],"reason":"Our own exit.","owner":"network team",
         "expiresAt":"2027-05-01T00:00:00Z"}
        """;

    const string OverrideAnswer = """
        {"id":"ov-418","target":{"prefix":"192.0.2.0/24"},"effect":"suppress","categories":["vpn"],"reason":"Our own exit.","owner":"network team",
         "expiresAt":"2027-05-01T00:00:00Z","revision":418}
        """;

    const string OverrideTable =
        "id,target,effect,categories,tag,reason,owner,expiresAt\nov-418,192.0.2.0/24,suppress,vpn,,Our own exit.,network team,2027-05-01T00:00:00Z\n";

    const string Incident = """
        {"incidentArmId":"/subscriptions/…/incidents/7","severity":"Low","entities":[
         {"id":"/subscriptions/…/entities/1","kind":"Ip","properties":{"address":"198.51.100.7"}},
         {"id":"/subscriptions/…/entities/2","kind":"Account","properties":{"accountName":"ada"}}],
         "alertEntities":[{"kind":"Ip","properties":{"address":"198.51.100.7"}}],"at":"2026-11-24T12:00:00Z","comments":[],"maxComment":30000}
        """;

    const string IncidentAnswer = """
        {"incidentArmId":"/subscriptions/…/incidents/7","entityCount":2,"enrichedCount":1,"skippedCount":0,"otherEntityCount":1,"riskyCount":1,
         "unlistedCount":0,"allowedCount":0,"changedCount":0,"maxScore":57,"level":"high","verdict":"anonymizer","categories":"vpn, hosting",
         "categoryList":["vpn","hosting"],"severity":"Low","suggestedSeverity":"Medium","severityRaised":true,
         "tags":["AcquireInfra:vpn","AcquireInfra:hosting"],"tagsToAdd":[{"Tag":"AcquireInfra:vpn"},{"Tag":"AcquireInfra:hosting"}],
         "commentHtml":"<h3>AcquireInfra: anonymizer, highest score 57 (high)</h3>…","truncated":false,"alreadyCommented":false,
         "commentChanged":true,"existingCommentName":"","items":[{"ip":"198.51.100.7","input":"198.51.100.7","carriedBy":"","verdict":"anonymizer",
         "level":"high","score":57,"confidence":82,"categories":"vpn, hosting","categoryList":["vpn","hosting"],"provider":"Example","asn":64500,
         "asnName":"Example","asnRole":"hosting","network":"198.51.100.0/24","reason":"VPN exit (Example), listed by my-vpns 3 h ago.",
         "override":"","isOfAlert":true,"lastSeen":"2026-11-24T09:00:00Z","verdictNow":"anonymizer","levelNow":"high","scoreNow":57,
         "categoriesNow":"vpn, hosting","changed":false}],"skipped":[],"warnings":[],"unassessed":"residentialProxy","snapshotId":
         "3f9a1c0d5e6b7a8f9c0d1e2f3a4b5c6d","policyVersion":"p1","overridesRevision":418,"judgedAt":"2026-11-24T12:00:00Z"}
        """;

    const string SignIns = """
        {"signIns":[{"principal":"u-1","ip":"192.0.2.7","at":"2026-11-24T11:58:00Z","resultType":"0","appId":"c44b4083-3bb0-49c1-b47d-974e53cbdf3c",
         "roles":["Global Administrator"],"protocol":"deviceCode"}],
         "baseline":{"u-1":[{"provider":"Example","asn":64501,"firstSeen":"2026-09-01T00:00:00Z"}]},"allowPrefixes":["198.51.100.0/24"]}
        """;

    const string SignInScores = """
        {"results":[{"principal":"u-1","principalKind":"user","score":0,"disposition":"close","seedScore":null,"reasons":[],"mitigations":[],
         "ipMayBeInherited":false,"distinctAddresses":1,"distinctAsns":0,"distinctProviders":0,"networks":[],
         "warnings":["1 of 1 sign-ins: the address is not global and is not judged."],
         "signIns":[{"index":0,"id":null,"at":"2026-11-24T11:58:00Z","ip":"192.0.2.7","score":0,"outcome":"success","novelty":"unknown","isFlagged":false,
          "ipMayBeInherited":false,"verdict":"special","level":null,"addressScore":null,"categories":[],"provider":null,"asn":null,"unassessed":[]}]}],
         "rejected":[],"summary":{"total":1,"scored":1,"rejected":0,"principals":1,"maxScore":0,"disposition":"close"},
         "snapshotId":"3f9a1c0d5e6b7a8f9c0d1e2f3a4b5c6d","policyVersion":"p1","signInPolicyVersion":"s1","overridesRevision":418,
         "judgedAt":"2026-11-24T12:00:00Z"}
        """;

    static readonly Dictionary<(string? Operation, string MediaType), JsonNode> Requests = new()
    {
        [("PostEnrichIncident", "application/json")] = JsonNode.Parse(Incident)!,
        [("PostSignIns", "application/json")] = JsonNode.Parse(SignIns)!,
        [("PostBatch", "application/json")] = JsonNode.Parse("""{"ips":["192.0.2.7",{"ip":"2001:db8::7","id":"a","at":"2026-11-01T00:00:00Z"}]}""")!,
        [("PostBatch", "text/plain")] = "192.0.2.7\n2001:db8::7\n",
        [("PostBatch", "application/x-ndjson")] = "\"192.0.2.7\"\n{\"ip\":\"2001:db8::7\",\"id\":\"a\"}\n",
        [("PostBatch", "text/csv")] = "user,ip\nada,192.0.2.7\n",
        [("PostRetro", "application/json")] = JsonNode.Parse("""{"ips":[{"ip":"192.0.2.7","at":"2026-11-01T00:00:00Z"}]}""")!,
        [("PostActivate", "application/json")] = JsonNode.Parse(Choice)!,
        [("PostRollback", "application/json")] = JsonNode.Parse(Choice)!,
        [("PostPin", "application/json")] = JsonNode.Parse(Choice)!,
        [("PostUnpin", "application/json")] = JsonNode.Parse(Choice)!,
        [("PostOverride", "application/json")] = JsonNode.Parse(OverrideBody)!,
        [("PutOverride", "application/json")] = JsonNode.Parse(OverrideBody)!,
        [("PostOverridePreview", "application/json")] = JsonNode.Parse(OverrideBody)!,
        [("PostOverrideImport", "text/csv")] = OverrideTable,
        [("PostAccept", "application/json")] = JsonNode.Parse($$"""{"hash":"{{Version}}","reason":"The provider gave back half of its space."}""")!,
    };

    static readonly Dictionary<(string? Operation, string MediaType), JsonNode> Answers = new()
    {
        [("PostSignIns", "application/json")] = JsonNode.Parse(SignInScores)!,
        [("GetVerdict", "application/json")] = JsonNode.Parse(Verdict)!,
        [("PostBatch", "application/json")] = Batch(),
        [("PostBatch", "application/x-ndjson")] = Rows,
        [("PostEnrichIncident", "application/json")] = JsonNode.Parse(IncidentAnswer)!,
        [("GetAsn", "application/json")] = JsonNode.Parse($$"""
            {"asn":64500,"name":"Example","role":"hosting","roleBasis":"certain","provider":"Example","ipv4Addresses":65536,"ipv6Slash64s":4294967296,
             "categories":[{"category":"hosting","ipv4Share":1,"ipv6Share":1}],"maxScore":57,{{Basis}}}
            """)!,
        [("GetPrefix", "application/json")] = JsonNode.Parse($$"""
            {"prefix":"192.0.2.0/24","scope":"global","summary":{"addresses":256,"slash64s":null,"byVerdict":{"hosting":256},
             "byCategory":{"hosting":256},"maxScore":22,"segments":1},"segments":[{"prefixes":["192.0.2.0/24"],"scope":"global",{{Flat}}}],
             "truncated":false,{{Basis}}}
            """)!,
        [("GetWatchlist", "text/csv")] = "Prefix,Categories,Score,Level,Verdict,Provider,Asn,Confidence\r\n192.0.2.0/24,hosting,20,low,hosting,Example,64500,medium\r\n",
        [("GetRanges", "text/csv")] =
            "prefix,first,last,asn,asnName,asnRole,verdict,level,score,confidence,categories,provider,sources\n"
            + "192.0.2.0/24,192.0.2.0,192.0.2.255,64500,Example,hosting,hosting,low,22,32,hosting,Example,asn-roles\n",
        [("GetMmdb", "application/octet-stream")] = "…",
        [("GetAddressList", "text/plain")] = "# AcquireInfra.Enrichment\n192.0.2.0/24\n",
        [("GetAttribution", "text/plain")] = "ASN table of ip-location-db: CC BY 4.0\n",
        [("GetSnapshot", "application/json")] = JsonNode.Parse("""
            {"id":"3f9a1c0d5e6b7a8f9c0d1e2f3a4b5c6d","policyVersion":"p1","overridesRevision":418,"dataAsOf":"2026-11-24T00:00:00Z","fileBytes":15490256,
             "sources":[{"id":"asn-table","name":"ASN table","asOf":"2026-06-17T00:00:00Z","entries":515158,"exportable":true,"licence":"CC BY 4.0",
             "attribution":null}]}
            """)!,
        [("GetSources", "application/json")] = JsonNode.Parse($$"""
            {"sources":[{"id":"my-vpns","name":"VPN exits","enabled":true,"kind":"claims","categories":["vpn"],"reliability":0.9,"family":"my-vpns",
             "licence":"own","attribution":null,"exportable":true,"asOf":"2026-11-24T00:00:00Z","ageSeconds":43200,"entries":1200,"isStale":false,
             "lastAttemptAt":"2026-11-24T11:00:00Z","lastSuccessAt":"2026-11-24T11:00:00Z","nextDueAt":"2026-11-25T12:30:00Z","failures":0,
             "problem":null,"detail":null,"held":{"hash":"{{Version}}","reasons":[{"reason":"shrank","detail":"600 entries, before 1200"}],
             "firstSeenAt":"2026-11-24T11:00:00Z","timesSeen":1} }],
             "coverage":[{"category":"vpn","sources":["my-vpns"]},{"category":"tor","sources":[]}],
             "uncoveredIpv4":["tor"],"uncoveredIpv6":["tor"],"snapshotId":"3f9a1c0d5e6b7a8f9c0d1e2f3a4b5c6d"}
            """)!,
        [("PostRetro", "application/json")] = JsonNode.Parse(ThenAndNow)!,
        [("GetHistory", "application/json")] = JsonNode.Parse("""
            {"ip":"192.0.2.7","scope":"global","periods":[{"from":"2026-11-20T00:00:00Z","until":null,
             "verdict":{"verdict":"anonymizer","level":"medium","score":40,"categories":["vpn"],"provider":"Example","asn":64500,
             "snapshotId":"3f9a1c0d5e6b7a8f9c0d1e2f3a4b5c6d","judgedAt":"2026-11-20T00:00:00Z"}}],"truncated":false}
            """)!,
        [("GetSnapshots", "application/json")] = JsonNode.Parse(Snapshots)!,
        [("PostActivate", "application/json")] = JsonNode.Parse(Snapshots)!,
        [("PostRollback", "application/json")] = JsonNode.Parse(Snapshots)!,
        [("PostPin", "application/json")] = JsonNode.Parse(Snapshots)!,
        [("PostUnpin", "application/json")] = JsonNode.Parse(Snapshots)!,
        [("GetDiff", "application/json")] = JsonNode.Parse("""
            {"from":"8c0d1e2f3a4b5c6d3f9a1c0d5e6b7a8f","to":"3f9a1c0d5e6b7a8f9c0d1e2f3a4b5c6d","categories":[{"category":"vpn",
             "added":{"segments":1,"ipv4Addresses":256,"ipv6Slash64s":0},"removed":{"segments":0,"ipv4Addresses":0,"ipv6Slash64s":0}}],
             "added":{"segments":1,"ipv4Addresses":256,"ipv6Slash64s":0},"removed":{"segments":0,"ipv4Addresses":0,"ipv6Slash64s":0},
             "changed":{"segments":0,"ipv4Addresses":0,"ipv6Slash64s":0}}
            """)!,
        [("GetDiff", "application/x-ndjson")] =
            "{\"prefixes\":[\"192.0.2.0/24\"],\"added\":[\"vpn\"],\"removed\":[],\"verdictBefore\":\"unlisted\",\"verdictAfter\":\"anonymizer\","
            + "\"scoreBefore\":0,\"scoreAfter\":40}\n",
        [("GetOverrides", "application/json")] = JsonNode.Parse($$"""{"revision":418,"overrides":[{{OverrideAnswer}}],"fileFaults":[],"readOnly":null}""")!,
        [("GetOverrides", "text/csv")] = OverrideTable,
        [("GetOverride", "application/json")] = JsonNode.Parse(OverrideAnswer)!,
        [("PutOverride", "application/json")] = JsonNode.Parse(OverrideAnswer)!,
        [("GetOverrideAudit", "application/json")] = JsonNode.Parse($$"""
            {"records":[{"revision":418,"at":"2026-11-24T12:00:00Z","who":"key:ops","action":"create","changes":[{"before":null,"after":{{OverrideAnswer}}}]}],"next":418}
            """)!,
        [("PostOverridePreview", "application/json")] = JsonNode.Parse("""
            {"covered":{"ipv4Addresses":256,"ipv6Slash64s":0},"changed":{"ipv4Addresses":256,"ipv6Slash64s":0},
             "examples":[{"first":"192.0.2.0","last":"192.0.2.255","before":{"verdict":"anonymizer","level":"medium","score":40,"categories":["vpn"]},
             "after":{"verdict":"unlisted","level":"minimal","score":0,"categories":[]} }],"needsAdmin":false,"overridesRevision":418}
            """)!,
        [("PostOverrideImport", "application/json")] = JsonNode.Parse("""{"revision":419,"created":1,"replaced":0,"unchanged":0}""")!,
        [("GetSnapshotOverrides", "application/json")] = JsonNode.Parse($$"""{"revision":418,"overrides":[{{OverrideAnswer}}]}""")!,
        [("GetSnapshotFile", "application/octet-stream")] = "…",
        [("GetPolicy", "application/json")] = JsonNode.Parse("""{"version":"p1"}""")!,
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
            ["overridesRevision"] = 418,
            ["judgedAt"] = "2026-11-24T12:00:00Z",
        };
    }
}
