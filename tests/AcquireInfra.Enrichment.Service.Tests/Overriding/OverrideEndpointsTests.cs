using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AcquireInfra.Enrichment.Service.Auth;
using AcquireInfra.Enrichment.Service.Tests.Auth;
using AcquireInfra.Enrichment.Service.Tests.Hosting;
using AcquireInfra.Enrichment.Service.Tests.Rpc;
using AcquireInfra.Enrichment.Tests.Addressing;
using AcquireInfra.Enrichment.V1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AcquireInfra.Enrichment.Service.Tests.Overriding;

/// <summary>Overrides over REST, from the making to the verdict. 9.0.0.0/8 stands for documentation space, which is never judged.</summary>
public sealed class OverrideEndpointsTests : IAsyncDisposable
{
    static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    readonly TemporaryFolder _folder = new();
    readonly FakeTimeProvider _time = new(Noon);
    RunningService? _service;

    HttpClient Rest => _service!.Rest;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Override_FromMakingToEnding_IsInTheVerdictAndTheAudit()
    {
        await StartAsync();
        var before = (await Rest.LookupAsync("9.1.1.1")).Json;
        Assert.Equal((JsonValueKind.Null, 0), (before.GetProperty("override").ValueKind, before.GetProperty("overridesRevision").GetInt64()));

        var (made, tag) = await SendAsync(HttpMethod.Post, "/v1/overrides", Body("9.1.1.1", "block"));
        Assert.Equal((201, "ov-1", "\"1\""), (made.Status, made.Json.GetProperty("id").GetString(), tag));
        var verdict = (await Rest.LookupAsync("9.1.1.1")).Json;
        Assert.Equal((90, "critical", 1), (verdict.GetProperty("score").GetInt32(), verdict.GetProperty("level").GetString(), verdict.GetProperty("overridesRevision").GetInt64()));
        var applied = verdict.GetProperty("override");
        Assert.Equal(("block", "ov-1", "Why", "Who", "2026-12-24T12:00:00Z"), (
            applied.GetProperty("effect").GetString(), applied.GetProperty("applied")[0].GetProperty("id").GetString(), applied.GetProperty("applied")[0].GetProperty("reason").GetString(),
            applied.GetProperty("applied")[0].GetProperty("owner").GetString(), applied.GetProperty("applied")[0].GetProperty("expiresAt").GetString()));
        Assert.Equal(90, applied.GetProperty("points").GetInt32() + verdict.GetProperty("points").EnumerateArray().Sum(row => row.GetProperty("points").GetInt32()));
        Assert.Equal(before.GetProperty("rawScore").GetInt32(), verdict.GetProperty("rawScore").GetInt32());

        var (replaced, second) = await SendAsync(HttpMethod.Put, "/v1/overrides/ov-1", Body("9.1.1.1", "tag", tag: "ours"), ifMatch: tag);
        Assert.Equal((200, "\"2\""), (replaced.Status, second));
        Assert.Equal("ours", (await Rest.LookupAsync("9.1.1.1")).Json.GetProperty("override").GetProperty("tags")[0].GetString());
        var (ended, _) = await SendAsync(HttpMethod.Delete, "/v1/overrides/ov-1", ifMatch: second);
        Assert.Equal(204, ended.Status);
        Assert.Equal(JsonValueKind.Null, (await Rest.LookupAsync("9.1.1.1")).Json.GetProperty("override").ValueKind);
        Assert.Equal(404, (await Rest.FetchAsync("/v1/overrides/ov-1")).Status);

        var audit = (await Rest.FetchAsync("/v1/overrides/audit")).Json.GetProperty("records").EnumerateArray().ToList();
        Assert.Equal(["delete", "replace", "create"], audit.Select(record => record.GetProperty("action").GetString()));
        Assert.All(audit, record => Assert.Equal(("local", "2026-11-24T12:00:00Z"), (record.GetProperty("who").GetString(), record.GetProperty("at").GetString())));
        Assert.Equal("block", audit[1].GetProperty("changes")[0].GetProperty("before").GetProperty("effect").GetString());
        Assert.Equal("tag", audit[1].GetProperty("changes")[0].GetProperty("after").GetProperty("effect").GetString());
        var page = (await Rest.FetchAsync("/v1/overrides/audit?limit=2&before=3")).Json;
        Assert.Equal([2L, 1L], page.GetProperty("records").EnumerateArray().Select(record => record.GetProperty("revision").GetInt64()));
        Assert.Equal(JsonValueKind.Null, page.GetProperty("next").ValueKind);
    }

    [Theory]
    [InlineData("PUT", null, 428, "precondition_required")]
    [InlineData("PUT", "\"7\"", 412, "precondition_failed")]
    [InlineData("PUT", "W/\"1\"", 412, "precondition_failed")]
    [InlineData("DELETE", null, 428, "precondition_required")]
    [InlineData("DELETE", "\"2\"", 412, "precondition_failed")]
    public async Task Change_OfAnotherVersion_IsRefusedAndChangesNothing(string method, string? ifMatch, int status, string code)
    {
        await StartAsync();
        await SendAsync(HttpMethod.Post, "/v1/overrides", Body("9.1.1.1", "block"));
        var (answer, _) = await SendAsync(new(method), "/v1/overrides/ov-1", method == "PUT" ? Body("9.1.1.1", "allow") : null, ifMatch);
        Assert.Equal((status, code), (answer.Status, answer.Code));
        var entry = await Rest.FetchAsync("/v1/overrides/ov-1");
        Assert.Equal(("block", 1), (entry.Json.GetProperty("effect").GetString(), entry.Json.GetProperty("revision").GetInt64()));
    }

    // Two who read the same version: one of them is told.
    [Fact]
    public async Task Change_ManyAtOnceOfOneVersion_LetsOneThrough()
    {
        await StartAsync();
        await SendAsync(HttpMethod.Post, "/v1/overrides", Body("9.1.1.1", "block"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => SendAsync(HttpMethod.Put, "/v1/overrides/ov-1", Body("9.1.1.1", "allow"), "\"1\"")));
        Assert.Equal((1, 19), (answers.Count(answer => answer.Answer.Status == 200), answers.Count(answer => answer.Answer.Status == 412)));
    }

    [Theory]
    [InlineData("9.1.1.1"), InlineData("::ffff:9.1.1.1"), InlineData("::ffff:901:101"), InlineData("0:0:0:0:0:FFFF:0901:0101"), InlineData("9[.]1[.]1[.]1"), InlineData("[::ffff:9.1.1.1]:443")]
    public async Task Override_SixSpellingsOfOneAddress_HitTheSame(string spelling)
    {
        await StartAsync();
        Assert.Equal(201, (await SendAsync(HttpMethod.Post, "/v1/overrides", Body(spelling, "block"))).Answer.Status);
        string[] spellings = ["9.1.1.1", "::ffff:9.1.1.1", "::ffff:901:101", "0:0:0:0:0:FFFF:0901:0101", "9[.]1[.]1[.]1", "[::ffff:9.1.1.1]:443"];
        var batch = (await Rest.BatchAsync(spellings.Select(Wire.Quote))).Json.GetProperty("results").EnumerateArray().ToList();
        Assert.All(batch, verdict => Assert.Equal(90, verdict.GetProperty("score").GetInt32()));
        Assert.All(spellings, other => Assert.Equal(90, Rest.LookupAsync(other).GetAwaiter().GetResult().Json.GetProperty("score").GetInt32()));
        var list = (await Rest.FetchAsync("/v1/overrides")).Json.GetProperty("overrides");
        Assert.Equal("9.1.1.1", list[0].GetProperty("target").GetProperty("ip").GetString());
        var delete = await SendAsync(HttpMethod.Delete, "/v1/overrides/ov-1", ifMatch: "\"1\"");
        Assert.Equal(204, delete.Answer.Status);
        Assert.All((await Rest.BatchAsync(spellings.Select(Wire.Quote))).Json.GetProperty("results").EnumerateArray(),
            verdict => Assert.Equal(JsonValueKind.Null, verdict.GetProperty("override").ValueKind));
    }

    // The address corpus at the making of overrides: what is an address of the world makes one, and is ended again; nothing else does.
    [Fact]
    public async Task Override_AddressCorpus_IsMadeOrRefusedAsAddressesAre()
    {
        await StartAsync();
        var (made, refused) = (0, 0);
        foreach (var row in AddressCases.All)
        {
            var body = $$"""{"target":{"ip":{{Wire.Quote(row.Input)}}},"effect":"block","reason":"Why","owner":"Who","expiresAt":"2026-12-24T12:00:00Z"}""";
            var (answer, tag) = await SendAsync(HttpMethod.Post, "/v1/overrides", body);
            var isGlobal = row.Canonical is not null && (await Rest.LookupAsync(row.Canonical)).Json.GetProperty("scope").GetString() == "global";
            Assert.True((answer.Status == 201) == isGlobal, $"{row}: {answer.Text}");
            if (!isGlobal)
            {
                Assert.Equal(400, answer.Status);
                refused++;
                continue;
            }
            Assert.Equal(row.Canonical, answer.Json.GetProperty("target").GetProperty("ip").GetString());
            Assert.Equal(90, (await Rest.LookupAsync(row.Canonical!)).Json.GetProperty("score").GetInt32());
            Assert.Equal(204, (await SendAsync(HttpMethod.Delete, "/v1/overrides/" + answer.Json.GetProperty("id").GetString(), ifMatch: tag)).Answer.Status);
            made++;
        }
        Assert.True(made > 25 && refused > 200, $"{made} made, {refused} refused");
        Assert.Empty((await Rest.FetchAsync("/v1/overrides")).Json.GetProperty("overrides").EnumerateArray());
    }

    [Theory]
    [InlineData("""{"target":{"ip":"9.1.1.1"},"effect":"block","owner":"Who","expiresAt":"2026-12-24T12:00:00Z"}""", "reason")]
    [InlineData("""{"target":{"ip":"9.1.1.1"},"effect":"block","reason":"Why","expiresAt":"2026-12-24T12:00:00Z"}""", "owner")]
    [InlineData("""{"target":{"ip":"9.1.1.1"},"effect":"block","reason":"Why","owner":"Who"}""", "expiresAt")]
    [InlineData("""{"target":{"ip":"9.1.1.1"},"effect":"block","reason":"Why","owner":"Who","expiresAt":"2026-11-24T12:00:00Z"}""", "expiresAt")]
    [InlineData("""{"target":{"ip":"9.1.1.1"},"effect":"block","reason":"Why","owner":"Who","expiresAt":"2027-12-29T12:00:01Z"}""", "expiresAt")]
    [InlineData("""{"target":{"ip":"9.1.1.1","asn":64500},"effect":"block","reason":"Why","owner":"Who","expiresAt":"2026-12-24T12:00:00Z"}""", "target")]
    [InlineData("""{"target":{"prefix":"9.1.1.1/24"},"effect":"block","reason":"Why","owner":"Who","expiresAt":"2026-12-24T12:00:00Z"}""", "target")]
    [InlineData("""{"effect":"block","reason":"Why","owner":"Who","expiresAt":"2026-12-24T12:00:00Z"}""", "target")]
    [InlineData("""{"id":"mine","target":{"ip":"9.1.1.1"},"effect":"block","reason":"Why","owner":"Who","expiresAt":"2026-12-24T12:00:00Z"}""", "id")]
    [InlineData("""{"target":{"ip":"9.1.1.1"},"effect":"suppress","categories":["vpns"],"reason":"Why","owner":"Who","expiresAt":"2026-12-24T12:00:00Z"}""", "categories")]
    [InlineData("""{"target":{"ip":"9.1.1.1"},"effect":"tag","tag":"<b>","reason":"Why","owner":"Who","expiresAt":"2026-12-24T12:00:00Z"}""", "tag")]
    [InlineData("""{"target":{"ip":"9.1.1.1"},"effect":"block","reason":"a\u0000\u001b[31m","owner":"Who","expiresAt":"2026-12-24T12:00:00Z"}""", "reason")]
    public async Task PostOverride_BadField_IsNamed(string body, string field)
    {
        await StartAsync();
        var (answer, _) = await SendAsync(HttpMethod.Post, "/v1/overrides", body);
        Assert.Equal((400, "bad_override", field), (answer.Status, answer.Code, answer.Json.GetProperty("faults")[0].GetProperty("field").GetString()));
        Assert.Equal(0, (await Rest.FetchAsync("/v1/overrides")).Json.GetProperty("revision").GetInt64());
    }

    [Theory, InlineData("{"), InlineData("null"), InlineData("""{"target":{"ip":"9.1.1.1"},"effects":"block"}""")]
    public async Task PostOverride_NoOverrideAtAll_IsAProblem(string body)
    {
        await StartAsync();
        var (answer, _) = await SendAsync(HttpMethod.Post, "/v1/overrides", body);
        Assert.Equal((400, "bad_request"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Expiry_OfTheFakeClock_IsToTheSecondOnAllDoors()
    {
        await StartAsync();
        await SendAsync(HttpMethod.Post, "/v1/overrides", Body("9.1.1.1", "block", expiresAt: "2026-11-24T12:00:10Z"));
        using var rpc = new RpcClient(_service!);
        async Task<(int, int, int)> ScoresAsync()
        {
            using var call = rpc.Stream();
            return ((await Rest.LookupAsync("9.1.1.1")).Json.GetProperty("score").GetInt32(),
                (await call.AskAsync(new() { Ips = { "9.1.1.1" } })).Results[0].Verdict.Score, (await call.AskAsync(new() { Packed = new PackedAddresses { Ipv4 = { 0x09010101 } } })).Packed.Scores[0]);
        }
        _time.Advance(TimeSpan.FromMilliseconds(9_999));
        Assert.Equal((90, 90, 90), await ScoresAsync());
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal((21, 21, 21), await ScoresAsync()); // what the list says
        var record = (await Rest.FetchAsync("/v1/overrides/audit")).Json.GetProperty("records")[0];
        Assert.Equal((2, "expire", "2026-11-24T12:00:10Z"), (record.GetProperty("revision").GetInt64(), record.GetProperty("action").GetString(), record.GetProperty("at").GetString()));
    }

    [Fact]
    public async Task Lookup_ETag_ChangesWithTheOverrides()
    {
        await StartAsync();
        async Task<(string? Tag, int Status)> AskAsync(string? known)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/ip/9.1.1.1");
            request.Headers.TryAddWithoutValidation("If-None-Match", known);
            using var response = await Rest.SendAsync(request, Cancelled);
            return (response.Headers.ETag?.Tag, (int)response.StatusCode);
        }
        var (tag, _) = await AskAsync(null);
        Assert.Equal(304, (await AskAsync(tag)).Status);
        await SendAsync(HttpMethod.Post, "/v1/overrides", Body("9.1.1.1", "block"));
        Assert.Equal(200, (await AskAsync(tag)).Status);
    }

    [Fact]
    public async Task Preview_Block_CountsAndShowsAndChangesNothing()
    {
        await StartAsync();
        var preview = (await SendAsync(HttpMethod.Post, "/v1/overrides:preview", Body("9.1.0.0/23", "block"))).Answer.Json;
        Assert.Equal((512, 512), (preview.GetProperty("covered").GetProperty("ipv4Addresses").GetInt32(), preview.GetProperty("changed").GetProperty("ipv4Addresses").GetInt32()));
        var example = preview.GetProperty("examples")[1];
        Assert.Equal(("9.1.1.0", "9.1.1.255", "hosting", 90), (
            example.GetProperty("first").GetString(), example.GetProperty("last").GetString(), example.GetProperty("before").GetProperty("verdict").GetString(), example.GetProperty("after").GetProperty("score").GetInt32()));
        var suppress = (await SendAsync(HttpMethod.Post, "/v1/overrides:preview", Body("9.1.0.0/23", "suppress", categories: "\"hosting\""))).Answer.Json;
        Assert.Equal((512, 256), (suppress.GetProperty("covered").GetProperty("ipv4Addresses").GetInt32(), suppress.GetProperty("changed").GetProperty("ipv4Addresses").GetInt32()));
        Assert.Equal(0, (await Rest.FetchAsync("/v1/overrides")).Json.GetProperty("revision").GetInt64());
    }

    [Fact]
    public async Task ImportAndExport_RoundTrip_IsAllOrNothing()
    {
        await StartAsync();
        await SendAsync(HttpMethod.Post, "/v1/overrides", Body("9.1.1.1", "block"));
        var csv = (await Rest.FetchAsync("/v1/overrides?format=csv")).Text;
        Assert.StartsWith("id,target,effect,categories,tag,reason,owner,expiresAt\nov-1,9.1.1.1,block,", csv, StringComparison.Ordinal);
        var bad = await ImportAsync(csv + ",9.1.1.2,allow,,,Why,Who,2026-12-24T12:00:00Z\n,9.1.1.256,allow,,,Why,Who,2026-12-24T12:00:00Z\n,9.1.1.3,tag,,,Why,Who,2026-12-24T12:00:00Z\n");
        Assert.Equal((400, "bad_override"), (bad.Status, bad.Code));
        Assert.Equal([(4, "target"), (5, "tag")], bad.Json.GetProperty("faults").EnumerateArray().Select(fault => (fault.GetProperty("line").GetInt32(), fault.GetProperty("field").GetString()!)));
        Assert.Equal(1, (await Rest.FetchAsync("/v1/overrides")).Json.GetProperty("revision").GetInt64());
        var good = await ImportAsync(csv.Replace(",Why,", ",Because,", StringComparison.Ordinal) + ",9.1.1.2,allow,,,Why,Who,2026-12-24T12:00:00Z\nours,9.1.1.0/24,tag,,x,Why,Who,2026-12-24T12:00:00Z\n");
        Assert.Equal("""{"revision":2,"created":2,"replaced":1,"unchanged":0}""", good.Text);
        var list = await Rest.FetchAsync("/v1/overrides");
        Assert.Equal(["ours", "ov-1", "ov-2"], list.Json.GetProperty("overrides").EnumerateArray().Select(entry => entry.GetProperty("id").GetString()));
        Assert.Equal("""{"revision":2,"created":0,"replaced":0,"unchanged":3}""", (await ImportAsync((await Rest.FetchAsync("/v1/overrides?format=csv")).Text)).Text);
        Assert.Equal(400, (await ImportAsync("csv-x,9.1.1.2,allow,,,Why,Who,2026-12-24T12:00:00Z\n")).Status);
    }

    [Fact]
    public async Task File_EditedWhileItRuns_IsReadAndBadRowsAreReported()
    {
        await StartAsync();
        var path = _folder[Path.Combine("state", "overrides", "overrides.csv")];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        async Task EditAsync(string rows)
        {
            await File.WriteAllTextAsync(path, "id,target,effect,categories,tag,reason,owner,expiresAt\n" + rows, Cancelled);
            for (var look = 0; look < 3; look++)
            {
                _time.Advance(TimeSpan.FromSeconds(2));
                await Task.Delay(50, Cancelled);
            }
        }
        await EditAsync("csv-a,9.1.1.1,block,,,Why,Who,2026-12-24T12:00:00Z\n");
        await UntilAsync(async () => (await Rest.LookupAsync("9.1.1.1")).Json.GetProperty("score").GetInt32() == 90, "the row is in force");
        await EditAsync("csv-b,9.1.1.2,block,,,Why,Who,2026-12-24T12:00:00Z\ncsv-c,9.1.1.3,deny,,,Why,Who,2026-12-24T12:00:00Z\n");
        await UntilAsync(async () => (await Rest.FetchAsync("/v1/overrides")).Json.GetProperty("fileFaults").GetArrayLength() == 1, "the fault is told");
        var list = (await Rest.FetchAsync("/v1/overrides")).Json;
        var fault = list.GetProperty("fileFaults")[0];
        Assert.Equal((3, "effect", "deny"), (fault.GetProperty("line").GetInt32(), fault.GetProperty("field").GetString(), fault.GetProperty("given").GetString()));
        Assert.Equal("csv-a", list.GetProperty("overrides")[0].GetProperty("id").GetString());
        Assert.Equal(0, (await Rest.LookupAsync("9.1.1.2")).Json.GetProperty("score").GetInt32() / 90); // no half
        var ready = await Rest.FetchAsync("/health/ready");
        Assert.Equal((200, "degraded"), (ready.Status, ready.Json.GetProperty("status").GetString()));
        Assert.Contains("overrides.csv has 1 faults", ready.Text, StringComparison.Ordinal);
        Assert.Contains(_service!.Log.Lines, line => line.Event.Name == "OverridesFileRefused" && line.Text.Contains("Line 3, effect: 'deny'", StringComparison.Ordinal));
        var (conflict, _) = await SendAsync(HttpMethod.Delete, "/v1/overrides/csv-a", ifMatch: "\"1\"");
        Assert.Equal((409, "conflict"), (conflict.Status, conflict.Code));
    }

    [Fact]
    public async Task Floor_WiderThanASixteenth_NeedsAdmin()
    {
        var (writer, admin) = (new TestKey("writer", Roles.OverrideWrite), new TestKey("boss", Roles.Admin));
        await StartAsync([.. TestKey.Options(writer, admin), "--Enrichment:Limits:OverrideRequestsPerSecond=1000"]);
        async Task<int> MakeAsync(TestKey key, string target) =>
            (await SendAsync(HttpMethod.Post, "/v1/overrides", Body(target, "tag", tag: "x"), key: key)).Answer.Status;
        foreach (var (target, byWriter) in ((string, int)[])[("9.2.0.0/16", 201), ("9.2.0.0/15", 403), ("2a0f::/32", 201), ("2a0f::/31", 403), ("AS64999", 201)])
        {
            Assert.Equal((target, byWriter), (target, await MakeAsync(writer, target)));
            Assert.Equal((target, 201), (target, await MakeAsync(admin, target)));
        }
        var (import, _) = await SendAsync(HttpMethod.Post, "/v1/overrides:import", "id,target,effect,categories,tag,reason,owner,expiresAt\n,9.2.0.0/15,block,,,Why,Who,2026-12-24T12:00:00Z\n", key: writer, contentType: "text/csv");
        Assert.Equal((403, "forbidden"), (import.Status, import.Code));
        var wide = (await SendAsync(HttpMethod.Get, "/v1/overrides", key: admin)).Answer.Json.GetProperty("overrides").EnumerateArray().First(entry => entry.GetProperty("target").TryGetProperty("prefix", out var prefix) && prefix.GetString() == "9.2.0.0/15");
        var (delete, _) = await SendAsync(HttpMethod.Delete, $"/v1/overrides/{wide.GetProperty("id").GetString()}", ifMatch: "*", key: writer);
        Assert.Equal(403, delete.Status);
        var (narrow, _) = await SendAsync(
            HttpMethod.Post, "/v1/overrides:import",
            $"id,target,effect,categories,tag,reason,owner,expiresAt\n{wide.GetProperty("id").GetString()},9.2.0.1,tag,,x,Why,Who,2026-12-24T12:00:00Z\n",
            key: writer, contentType: "text/csv"); // in the place of a wide one
        Assert.Equal((403, "forbidden"), (narrow.Status, narrow.Code));
        var audit = (await SendAsync(HttpMethod.Get, "/v1/overrides/audit", key: admin)).Answer.Text;
        Assert.Contains("\"who\":\"key:writer\"", audit, StringComparison.Ordinal);
        Assert.Contains("\"who\":\"key:boss\"", audit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limit_MoreThanTenASecond_IsRefused()
    {
        var writer = new TestKey("writer", Roles.OverrideWrite, Roles.Lookup);
        await StartAsync([.. TestKey.Options(writer)]);
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => SendAsync(HttpMethod.Post, "/v1/overrides:preview", Body("9.1.1.1", "block"), key: writer)));
        Assert.Equal(10, answers.Count(answer => answer.Answer.Status == 200));
        var refused = answers.First(answer => answer.Answer.Status != 200).Answer;
        Assert.Equal((429, "rate_limited"), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task Log_Broken_ServesOnAndRefusesChanges()
    {
        Directory.CreateDirectory(_folder[Path.Combine("state", "overrides")]);
        await File.WriteAllTextAsync(_folder[Path.Combine("state", "overrides", "log.ndjson")], "{}\n", Cancelled);
        await StartAsync();
        var (answer, _) = await SendAsync(HttpMethod.Post, "/v1/overrides", Body("9.1.1.1", "block"));
        Assert.Equal((503, "overrides_read_only"), (answer.Status, answer.Code));
        Assert.Equal(200, (await Rest.LookupAsync("9.1.1.1")).Status);
        Assert.Contains("line 1", (await Rest.FetchAsync("/health/ready")).Text, StringComparison.Ordinal);
        Assert.Contains("line 1", (await Rest.FetchAsync("/v1/overrides")).Json.GetProperty("readOnly").GetString(), StringComparison.Ordinal);
        Assert.Contains(_service!.Log.Lines, line => line.Event.Name == "OverridesReadOnly");
    }

    [Fact]
    public async Task MaxEntries_OneMore_IsAConflict()
    {
        await StartAsync("--Enrichment:Overrides:MaxEntries=1");
        await SendAsync(HttpMethod.Post, "/v1/overrides", Body("9.1.1.1", "block"));
        var (answer, _) = await SendAsync(HttpMethod.Post, "/v1/overrides", Body("9.1.1.2", "block"));
        Assert.Equal((409, "conflict"), (answer.Status, answer.Code));
    }

    // What was answered 2xx is there after the process was killed in the middle of further changes.
    [Fact]
    public async Task KillNine_AfterTheAnswers_KeepsWhatWasAnswered()
    {
        SmallData.Write(_folder["data"], List);
        string[] options = [$"--Enrichment:DataFolder={_folder["data"]}"];
        var expiresAt = DateTimeOffset.UtcNow.AddDays(30).ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
        var answered = new List<string>();
        using (var process = ServiceProcess.Start(_folder, options))
        {
            using var client = await process.ClientWhenReadyAsync();
            var writers = Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
            {
                try
                {
                    for (var at = 0; ; at++)
                    {
                        var (answer, _) = await SendAsync(HttpMethod.Post, "/v1/overrides", Body($"9.1.{writer}.{at % 256}", "block", expiresAt: expiresAt), client: client);
                        lock (answered)
                        {
                            answered.Add(answer.Json.GetProperty("id").GetString()!);
                        }
                    }
                }
                catch (HttpRequestException)
                {
                    // it is dead
                }
            })).ToList();
            while (true)
            {
                lock (answered)
                {
                    if (answered.Count >= 40)
                    {
                        break;
                    }
                }
                await Task.Delay(5, Cancelled);
            }
            await process.KillAsync();
            await Task.WhenAll(writers);
        }
        using var next = ServiceProcess.Start(_folder, options);
        using var again = await next.ClientWhenReadyAsync();
        var list = (await again.FetchAsync("/v1/overrides")).Json;
        Assert.Equal(JsonValueKind.Null, list.GetProperty("readOnly").ValueKind);
        var kept = list.GetProperty("overrides").EnumerateArray().Select(entry => entry.GetProperty("id").GetString()!).ToHashSet();
        Assert.Empty(answered.Except(kept));
        Assert.InRange(kept.Count, answered.Count, answered.Count + 4); // one of each writer may be kept and not answered
        Assert.Equal(list.GetProperty("revision").GetInt64(), (await again.FetchAsync("/v1/overrides/audit?limit=1000")).Json.GetProperty("records").GetArrayLength());
        Assert.Equal(90, (await again.LookupAsync("9.1.0.0")).Json.GetProperty("score").GetInt32());
    }

    public async ValueTask DisposeAsync()
    {
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }
        _folder.Dispose();
    }

    const string List = "9.1.1.0/24\n198.51.100.0/24\n";

    async Task StartAsync(params string[] options)
    {
        SmallData.Write(_folder["data"], List);
        _service = await RunningService.StartAnywhereAsync(
            _folder["state"], services => services.AddSingleton<TimeProvider>(_time), [$"--Enrichment:DataFolder={_folder["data"]}", .. options]);
        await _service.CompiledAsync();
    }

    static string Body(string target, string effect, string categories = "", string? tag = null, string expiresAt = "2026-12-24T12:00:00Z")
    {
        var parts = target.StartsWith("AS", StringComparison.Ordinal) ? $"\"asn\":{target[2..]}" : $"\"{(target.Contains('/', StringComparison.Ordinal) ? "prefix" : "ip")}\":{Wire.Quote(target)}";
        var more = (categories.Length > 0 ? $"\"categories\":[{categories}]," : "") + (tag is null ? "" : $"\"tag\":\"{tag}\",");
        return $$"""{"target":{{{parts}}},"effect":"{{effect}}",{{more}}"reason":"Why","owner":"Who","expiresAt":"{{expiresAt}}"}""";
    }

    Task<Answer> ImportAsync(string csv) => Task.Run(async () => (await SendAsync(
        HttpMethod.Post, "/v1/overrides:import", csv.StartsWith("id,", StringComparison.Ordinal) ? csv : "id,target,effect,categories,tag,reason,owner,expiresAt\n" + csv, contentType: "text/csv")).Answer);

    async Task<(Answer Answer, string? Tag)> SendAsync(
        HttpMethod method, string path, string? body = null, string? ifMatch = null, TestKey? key = null, string contentType = "application/json", HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = MediaTypeHeaderValue.Parse(contentType) } };
        }
        request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        request.Headers.TryAddWithoutValidation("X-Api-Key", key?.Text);
        using var response = await (client ?? Rest).SendAsync(request, Cancelled);
        var text = await response.Content.ReadAsStringAsync(Cancelled);
        return (new((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, text), response.Headers.ETag?.Tag);
    }

    static async Task UntilAsync(Func<Task<bool>> isSo, string what)
    {
        for (var wait = 0; wait < 200 && !await isSo(); wait++)
        {
            await Task.Delay(20, Cancelled);
        }
        Assert.True(await isSo(), $"still not: {what}");
    }
}
