using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using AcquireInfra.Enrichment.Service.Auth;
using AcquireInfra.Enrichment.Service.Deep;
using AcquireInfra.Enrichment.Service.Tests.Auth;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Service.Tests.Deep;

/// <summary>Slow signals by a real DNS server. The addresses are global, since about others nobody is asked.</summary>
public sealed class DeepLookupTests : IDisposable
{
    static readonly string[] Lists =
    [
        "--Enrichment:Deep:DnsLists:0:Id=exits", "--Enrichment:Deep:DnsLists:0:Zone=exits.test", "--Enrichment:Deep:DnsLists:0:Provider=Tor",
        "--Enrichment:Deep:DnsLists:0:Reliability=0.9", "--Enrichment:Deep:DnsLists:0:Codes:127.0.0.2=tor",
    ];

    readonly TemporaryFolder _folder = new();

    string QueryLog => _folder["dns.log"];

    [Fact]
    public async Task Deep_ListedAddress_JoinsTheVerdictAndAnUnlistedOneIsKnownNotToBe()
    {
        using var dns = Dns();
        await using var service = await StartAsync(dns.Port, Lists);
        var listed = (await service.Rest.FetchAsync("/v1/ip/9.2.2.7?deep=true")).Json;
        Assert.Equal(("anonymizer", true, "Tor"), (listed.GetProperty("verdict").GetString(), listed.GetProperty("isTor").GetBoolean(), listed.GetProperty("provider").GetString()));
        Assert.Equal(63, listed.GetProperty("score").GetInt32()); // 100 · 0.70 · 0.9
        Assert.Equal(63, listed.GetProperty("points").EnumerateArray().Sum(row => row.GetProperty("points").GetInt32()));
        Assert.Equal("exits", listed.GetProperty("points")[0].GetProperty("evidence")[0].GetProperty("source").GetString());
        Assert.Equal(["found: 127.0.0.2 in exits.test"], Outcomes(listed));
        Assert.Equal("exits.test", listed.GetProperty("deep").GetProperty("sentTo")[0].GetString());

        var unlisted = (await service.Rest.FetchAsync("/v1/ip/9.2.2.8?deep=true")).Json;
        Assert.Equal(["nothing: "], Outcomes(unlisted));
        Assert.False(unlisted.GetProperty("isTor").GetBoolean());
        var notAsked = (await service.Rest.LookupAsync("9.2.2.8")).Json;
        Assert.Equal(JsonValueKind.Null, notAsked.GetProperty("isTor").ValueKind);
        Assert.False(notAsked.TryGetProperty("deep", out _));
    }

    [Theory, InlineData("ae1.tor01.net.example.test"), InlineData("web1.home.test"), InlineData("cloud.test"), InlineData("localhost"), InlineData("")]
    public void HostName_WithoutAWordOfOurs_SaysNothing(string name) => Assert.Null(HostNameWords.Find(name));

    [Theory, InlineData("tor-exit-3.example.test", "tor"), InlineData("exit2.tor.example.test", "tor"), InlineData("dsl-9-2.pool.example.test", "isp"), InlineData("VPS-3.tor1.example.test.", "hosting")]
    public void HostName_WordOfOurs_IsItsCategory(string name, string category) => Assert.Equal(category, HostNameWords.Find(name)!.Value.Category.Word());

    [Fact]
    public async Task Deep_CallerWithoutTheRole_IsRefused()
    {
        using var dns = Dns();
        var (without, with) = (new TestKey("plain", Roles.Lookup), new TestKey("deep", Roles.Lookup, Roles.Deep));
        await using var service = await StartAsync(dns.Port, [.. Lists, .. TestKey.Options([without, with])]);
        async Task<int> AskAsync(TestKey key)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/ip/9.2.2.7?deep=true");
            request.Headers.TryAddWithoutValidation("X-Api-Key", key.Text);
            using var response = await service.Rest.SendAsync(request, TestContext.Current.CancellationToken);
            return (int)response.StatusCode;
        }
        Assert.Equal((403, 200), (await AskAsync(without), await AskAsync(with)));
        Assert.Single(File.ReadAllLines(QueryLog), line => line.Contains("query[A]", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("9.2.2.10", "hosting", "found: 'vps' in vps-10.example.test")]
    [InlineData("9.2.2.11", null, "nothing: ")]  // its name says vpn, and leads to another address
    [InlineData("9.2.2.12", null, "nothing: ")]  // its name leads nowhere
    [InlineData("9.2.2.13", null, "nothing: ")]  // <script> and no word of ours
    [InlineData("9.2.2.14", null, "nothing: ")]  // no name
    public async Task ReverseDns_Name_CountsWhereItLeadsBack(string ip, string? category, string outcome)
    {
        using var dns = Dns();
        await using var service = await StartAsync(dns.Port, "--Enrichment:Deep:ReverseDns=true");
        var verdict = (await service.Rest.FetchAsync($"/v1/ip/{ip}?deep=true")).Json;
        Assert.Equal([outcome], Outcomes(verdict));
        Assert.Equal(category is null ? [] : [category], verdict.GetProperty("categories").EnumerateArray().Select(word => word.GetString()));
    }

    // What does not answer as a list does says nothing, and is never shown as clean.
    [Theory]
    [InlineData("wild.test", "wildcard: ")]
    [InlineData("blocked.test", "refused: ")]
    [InlineData("nobody.test", "failed: ")]
    public async Task DnsList_AnswerThatIsNone_IsUnknown(string zone, string outcome)
    {
        using var dns = Dns();
        await using var service = await StartAsync(
            dns.Port, [.. Lists, $"--Enrichment:Deep:DnsLists:0:Zone={zone}", "--Enrichment:Deep:DnsLists:0:Refusals:0=127.255.255.254"]);
        var verdict = (await service.Rest.FetchAsync("/v1/ip/9.2.2.7?deep=true")).Json;
        Assert.Equal([outcome], Outcomes(verdict));
        Assert.Equal((JsonValueKind.Null, 0), (verdict.GetProperty("isTor").ValueKind, verdict.GetProperty("score").GetInt32()));
        Assert.Contains(service.Log.Lines, line => line.Event.Name == "DeepFailed" && !line.Text.Contains("9.2.2.7", StringComparison.Ordinal) && !line.Text.Contains("7.2.2.9", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Deep_ServerThatNeverAnswers_EndsWithTheBudgetAndIsLeftAloneThen()
    {
        using var hole = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        await using var service = await StartAsync(
            ((IPEndPoint)hole.Client.LocalEndPoint!).Port, [.. Lists, "--Enrichment:Deep:BudgetMilliseconds=100", "--Enrichment:Deep:QueryMilliseconds=1000"]);
        await service.Rest.LookupAsync("9.2.2.1");
        var (took, outcomes) = (new List<double>(), new List<string>());
        for (var at = 0; at < 20; at++)
        {
            var began = Stopwatch.GetTimestamp();
            var verdict = (await service.Rest.FetchAsync($"/v1/ip/9.2.3.{at}?deep=true")).Json;
            took.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            outcomes.AddRange(Outcomes(verdict));
            Assert.Equal(JsonValueKind.Null, verdict.GetProperty("isTor").ValueKind);
        }
        Assert.Equal(["timedOut: ", "resting: "], outcomes.Distinct());
        took.RemoveRange(10, 10); // it is left alone after ten, and nobody waits
        TestContext.Current.TestOutputHelper?.WriteLine($"deep with a server that hangs, budget 100 ms: median {took.Order().ElementAt(5):F0} ms, slowest {took.Max():F0} ms");
        Assert.InRange(took.Order().ElementAt(5), 90, 1_000); // 120 on a machine that does nothing else
    }

    [Fact]
    public async Task Deep_ManyAskForOneAddressAtOnce_OneAsks()
    {
        using var dns = Dns();
        await using var service = await StartAsync(dns.Port, Lists);
        var answers = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(_ => service.Rest.FetchAsync("/v1/ip/9.2.2.7?deep=true")));
        Assert.All(answers, answer => Assert.Equal((200, "anonymizer"), (answer.Status, answer.Json.GetProperty("verdict").GetString())));
        Assert.Single(File.ReadAllLines(QueryLog), line => line.Contains("query[A]", StringComparison.Ordinal));
    }

    [Theory, InlineData("10.0.0.1"), InlineData("9.2.99.1")]
    public async Task Deep_SpecialOrOwnAddress_NobodyIsAsked(string ip)
    {
        using var dns = Dns();
        await using var service = await StartAsync(dns.Port, [.. Lists, "--Enrichment:OwnerPrefixes:0=9.2.99.0/24"]);
        var verdict = (await service.Rest.FetchAsync($"/v1/ip/{ip}?deep=true")).Json;
        Assert.Equal(JsonValueKind.Null, verdict.GetProperty("deep").GetProperty("askedAt").ValueKind);
        Assert.DoesNotContain(File.ReadAllLines(QueryLog), line => line.Contains("query[", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Deep_SwitchedOff_SaysThatNobodyWasAsked()
    {
        await using var service = await SmallData.StartAsync(_folder);
        var verdict = (await service.Rest.FetchAsync("/v1/ip/9.2.2.7?deep=true")).Json;
        Assert.Equal(JsonValueKind.Null, verdict.GetProperty("deep").GetProperty("askedAt").ValueKind);
        var both = await service.Rest.FetchAsync("/v1/ip/9.2.2.7?deep=true&asOf=2026-11-01T00:00:00Z");
        Assert.Equal((400, "bad_request"), (both.Status, both.Code));
    }

    [Theory]
    [InlineData("--Enrichment:Deep:DnsServers:0=nowhere", "no address of a server")]
    [InlineData("--Enrichment:Deep:DnsLists:0:Codes:192.0.2.1=tor", "192.0.2.1")]
    [InlineData("--Enrichment:Deep:DnsLists:0:Codes:127.0.0.3=exit", "'exit'")]
    [InlineData("--Enrichment:Deep:DnsLists:0:Zone=..", "is no zone")]
    [InlineData("--Enrichment:Deep:BudgetMilliseconds=0", "BudgetMilliseconds")]
    [InlineData("--Enrichment:Redis:Configuration=redis:6379,what=ever", "what")]
    [InlineData("--Enrichment:Redis:PasswordFile=/no/such", "/no/such")]
    public async Task Start_WrongOption_NamesIt(string option, string named)
    {
        string[] redis = option.Contains("PasswordFile", StringComparison.Ordinal) ? ["--Enrichment:Redis:Configuration=127.0.0.1:1"] : [];
        var exception = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => SmallData.StartAsync(_folder, [.. Lists, .. redis, option]));
        Assert.Contains(named, exception.Message, StringComparison.Ordinal);
    }

    LoopbackServer Dns() => LoopbackServer.Dns(
        QueryLog, "--local=/exits.test/", "--local=/in-addr.arpa/", "--local=/example.test/", "--host-record=7.2.2.9.exits.test,127.0.0.2",
        "--ptr-record=10.2.2.9.in-addr.arpa,vps-10.example.test", "--host-record=vps-10.example.test,9.2.2.10",
        "--ptr-record=11.2.2.9.in-addr.arpa,vpn.example.test", "--host-record=vpn.example.test,9.9.9.9",
        "--ptr-record=12.2.2.9.in-addr.arpa,vpn.gone.test", "--local=/gone.test/",
        "--ptr-record=13.2.2.9.in-addr.arpa,<script>alert.example.test",
        "--address=/wild.test/203.0.113.9", "--address=/blocked.test/127.255.255.254");

    async Task<RunningService> StartAsync(int dnsPort, params string[] options)
    {
        var service = await SmallData.StartAsync(_folder, [
            "--Enrichment:Deep:Enabled=true", "--Enrichment:Deep:BudgetMilliseconds=3000", "--Enrichment:Deep:QueryMilliseconds=2500",
            "--Enrichment:Deep:MaxConcurrent=64", $"--Enrichment:Deep:DnsServers:0=127.0.0.1:{dnsPort}", .. options]);
        return service;
    }

    static IEnumerable<string> Outcomes(JsonElement verdict) => verdict.GetProperty("deep").GetProperty("answers").EnumerateArray()
        .Select(answer => $"{answer.GetProperty("outcome").GetString()}: {string.Join(", ", answer.GetProperty("details").EnumerateArray().Select(detail => detail.GetString()))}");

    public void Dispose() => _folder.Dispose();
}
