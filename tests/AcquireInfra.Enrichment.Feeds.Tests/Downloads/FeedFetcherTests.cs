using System.Net;
using System.Security.Cryptography;
using System.Text;
using AcquireInfra.Enrichment.Feeds.Downloads;
using AcquireInfra.Enrichment.Feeds.Manifest;
using AcquireInfra.Enrichment.Feeds.Tests.Upstream;

namespace AcquireInfra.Enrichment.Feeds.Tests.Downloads;

/// <summary>What may go wrong between here and a publisher: nothing half is ever a file, and nothing is asked of whom it must not be.</summary>
public sealed class FeedFetcherTests : IDisposable
{
    const string List = "9.1.1.1\n9.1.1.2\n";
    const string Whole = "HTTP/1.1 200 OK\r\nContent-Length: 16\r\nConnection: close\r\n\r\n" + List;

    static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    static readonly FetchLimits Hasty = new() { RateWindow = TimeSpan.FromMilliseconds(300), MinBytesPerWindow = 64, Timeout = TimeSpan.FromSeconds(3), MaxDownloadBytes = 1 << 20, MaxUnpackedBytes = 2 << 20 };

    readonly TemporaryFolder _folder = new();

    string Destination => Path.Combine(_folder.Path, "file");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Fetch_File_IsWrittenWithItsHashAndValidators()
    {
        await using var rig = new RefreshRig();
        rig.Upstream.Publish("/list.txt", List, Now);
        var fetched = (await FetchAsync(rig))!;
        Assert.Equal((List, (long)List.Length), (await File.ReadAllTextAsync(fetched.Path, TestContext.Current.CancellationToken), fetched.Bytes));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(List))), fetched.Sha256);
        Assert.Equal(Now, fetched.Validators.LastModified);
        Assert.NotNull(fetched.Validators.ETag);
        Assert.Equal(["file"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Fetch_KnownFile_IsNotSentAgain()
    {
        await using var rig = new RefreshRig();
        rig.Upstream.Publish("/list.txt", List, Now);
        var validators = (await FetchAsync(rig))!.Validators;
        Assert.Null(await FetchAsync(rig, known: validators));
        Assert.Equal(validators.ETag, rig.Upstream.Requests[1].Headers["If-None-Match"]);
        Assert.Equal(Now.ToString("R"), rig.Upstream.Requests[1].Headers["If-Modified-Since"]);
        rig.Upstream.Publish("/list.txt", List + "9.1.1.3\n", Now);
        Assert.Equal(24, (await FetchAsync(rig, known: validators))!.Bytes);
    }

    /// <summary>A response, and why it is no file.</summary>
    public static TheoryData<string, FetchFault> Responses => new()
    {
        { "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + List, FetchFault.Cut },                                  // ends where it ends
        { "HTTP/1.1 200 OK\r\nContent-Length: 17\r\nConnection: close\r\n\r\n" + List, FetchFault.Cut },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n" + List + "\r\n", FetchFault.Cut },          // without its last chunk
        { "HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n", FetchFault.TooLarge },
        { "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 16\r\n\r\n" + List, FetchFault.WrongType },
        { "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 16\r\n\r\n" + List, FetchFault.WrongType },
        { "HTTP/1.1 302 Found\r\nLocation: https://[\r\nContent-Length: 0\r\n\r\n", FetchFault.RedirectRefused },
        { "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 16\r\n\r\n" + List, FetchFault.WrongType },
        { "HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip\r\nContent-Length: 16\r\n\r\n" + List, FetchFault.WrongType },
        { "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 16\r\n\r\n" + List, FetchFault.BadArchive },
        { "HTTP/1.1 304 Not Modified\r\n\r\n", FetchFault.HttpStatus },                                             // the first time
        { "HTTP/1.1 204 No Content\r\n\r\n", FetchFault.HttpStatus },
        { "HTTP/1.1 206 Partial Content\r\nContent-Length: 16\r\n\r\n" + List, FetchFault.HttpStatus },
        { "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", FetchFault.HttpStatus },
        { "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n", FetchFault.RedirectRefused },
        { "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n", FetchFault.RedirectRefused },
        { "HTTP/1.1 302 Found\r\nLocation: ftp://a.example/\r\nContent-Length: 0\r\n\r\n", FetchFault.RedirectRefused },
        { "HTTP/1.1 302 Found\r\nLocation: https://me:secret@a.example/\r\nContent-Length: 0\r\n\r\n", FetchFault.RedirectRefused },
        { "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", FetchFault.RedirectRefused },
        { "HTTP/1.1 302 Found\r\nLocation: /list.txt\r\nContent-Length: 0\r\n\r\n", FetchFault.RedirectRefused },   // round and round
        { "HTTP/1.1 302 Found\r\nLocation: https://169.254.169.254/latest/meta-data/\r\nContent-Length: 0\r\n\r\n", FetchFault.AddressRefused },
        { "HTTP/1.1 302 Found\r\nLocation: https://[::ffff:10.0.0.1]/\r\nContent-Length: 0\r\n\r\n", FetchFault.AddressRefused },
        { "HTTP/1.1 302 Found\r\nLocation: https://2852039166/\r\nContent-Length: 0\r\n\r\n", FetchFault.AddressRefused }, // the same metadata
        { "garbage\r\n\r\n", FetchFault.Unreachable },
        { "", FetchFault.Unreachable },
    };

    [Theory, MemberData(nameof(Responses))]
    public async Task Fetch_ResponseThatIsNoFile_LeavesNothing(string response, FetchFault fault)
    {
        await using var rig = new RefreshRig(Hasty);
        rig.Upstream.ServeRaw("/list.txt", response);
        var refusal = await Assert.ThrowsAsync<FetchException>(() => FetchAsync(rig));
        Assert.Equal(fault, refusal.Fault);
        Assert.StartsWith(rig.Upstream.UrlOf("/list.txt"), refusal.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task Fetch_ThreeRedirects_AreFollowed()
    {
        await using var rig = new RefreshRig();
        foreach (var (from, to) in new[] { ("/list.txt", "/a"), ("/a", rig.Upstream.UrlOf("/b")), ("/b", "c?x=1") })
        {
            rig.Upstream.ServeRaw(from, $"HTTP/1.1 307 Temporary Redirect\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n");
        }
        rig.Upstream.ServeRaw("/c?x=1", Whole);
        Assert.Equal(16, (await FetchAsync(rig))!.Bytes);
    }

    // One byte a while is not silence, and no download.
    [Theory, InlineData(true), InlineData(false)]
    public async Task Fetch_BodyThatDripsOrStalls_IsCutOff(bool drips)
    {
        await using var rig = new RefreshRig(Hasty);
        rig.Upstream.Serve("/list.txt", async (_, to, stopping) =>
        {
            await FakeUpstream.WriteAsync(to, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n9");
            while (drips)
            {
                await FakeUpstream.WriteAsync(to, ".");
                await Task.Delay(20, stopping);
            }
            await Task.Delay(Timeout.Infinite, stopping);
        });
        Assert.Equal(FetchFault.TooSlow, (await Assert.ThrowsAsync<FetchException>(() => FetchAsync(rig))).Fault);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task Fetch_BodyThatTakesTooLong_IsCutOffAlthoughItFlows()
    {
        await using var rig = new RefreshRig(Hasty with { Timeout = TimeSpan.FromMilliseconds(600) });
        rig.Upstream.Serve("/list.txt", async (_, to, stopping) =>
        {
            await FakeUpstream.WriteAsync(to, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
            while (true)
            {
                await FakeUpstream.WriteAsync(to, List);
                await Task.Delay(5, stopping);
            }
        });
        Assert.Equal(FetchFault.TimedOut, (await Assert.ThrowsAsync<FetchException>(() => FetchAsync(rig))).Fault);
    }

    [Fact]
    public async Task Fetch_EndlessBody_StopsAtTheCap()
    {
        await using var rig = new RefreshRig(Hasty);
        rig.Upstream.Serve("/list.txt", async (_, to, stopping) =>
        {
            await FakeUpstream.WriteAsync(to, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            var chunk = Encoding.ASCII.GetBytes("8000\r\n" + new string('9', 0x8000) + "\r\n");
            while (true)
            {
                await to.WriteAsync(chunk, stopping);
            }
        });
        Assert.Equal(FetchFault.TooLarge, (await Assert.ThrowsAsync<FetchException>(() => FetchAsync(rig))).Fault);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task Fetch_CompressedTransfer_IsUnpackedAndCounted()
    {
        await using var rig = new RefreshRig(Hasty);
        byte[] packed = [];
        rig.Upstream.Serve("/list.txt", async (_, to, stopping) =>
        {
            await FakeUpstream.WriteAsync(to, $"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {packed.Length}\r\n\r\n");
            await to.WriteAsync(packed, stopping);
        });
        packed = UnpackerTests.Gzip(Encoding.ASCII.GetBytes(List));
        Assert.Equal(16, (await FetchAsync(rig))!.Bytes);
        packed = UnpackerTests.Gzip(UnpackerTests.Gzip(Encoding.ASCII.GetBytes(List))); // a .gz, sent compressed
        Assert.Equal(16, (await FetchAsync(rig))!.Bytes);
        packed = UnpackerTests.Gzip(new byte[64 << 20]);
        Assert.Equal(FetchFault.TooLarge, (await Assert.ThrowsAsync<FetchException>(() => FetchAsync(rig))).Fault);
    }

    [Theory, InlineData("503 Service Unavailable", 3), InlineData("500 Internal Server Error", 3), InlineData("404 Not Found", 1), InlineData("429 Too Many Requests", 1)]
    public async Task Fetch_StatusThatMayPass_IsTriedAgain(string status, int requests)
    {
        await using var rig = new RefreshRig();
        rig.Upstream.ServeRaw("/list.txt", $"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        Assert.Equal(FetchFault.HttpStatus, (await Assert.ThrowsAsync<FetchException>(() => FetchAsync(rig))).Fault);
        Assert.Equal(requests, rig.Upstream.Requests.Count);
    }

    [Fact]
    public async Task Fetch_TroubleThatPasses_IsNoTrouble()
    {
        await using var rig = new RefreshRig();
        rig.Upstream.Serve("/list.txt", (_, to, _) =>
            FakeUpstream.WriteAsync(to, rig.Upstream.Requests.Count < 3 ? "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n" : Whole));
        Assert.Equal(16, (await FetchAsync(rig))!.Bytes);
    }

    // A long wait is for the schedule: nobody sits in a request for an hour.
    [Theory, InlineData("429 Too Many Requests", "3600", 3600), InlineData("503 Service Unavailable", "3600", 3600), InlineData("503 Service Unavailable", "Tue, 24 Nov 2026 13:00:00 GMT", 3600)]
    public async Task Fetch_RetryAfter_IsHandedOn(string status, string retryAfter, int seconds)
    {
        await using var rig = new RefreshRig();
        rig.Upstream.ServeRaw("/list.txt", $"HTTP/1.1 {status}\r\nDate: Tue, 24 Nov 2026 12:00:00 GMT\r\nRetry-After: {retryAfter}\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal(TimeSpan.FromSeconds(seconds), (await Assert.ThrowsAsync<FetchException>(() => FetchAsync(rig))).RetryAfter);
        Assert.Single(rig.Upstream.Requests);
    }

    [Theory]
    [InlineData("127.0.0.1"), InlineData("169.254.169.254"), InlineData("10.0.0.1"), InlineData("::1"), InlineData("::ffff:127.0.0.1"), InlineData("64:ff9b::7f00:1"), InlineData("0.0.0.0")]
    public async Task Fetch_NameOfAnAddressThatMustNotBeReached_IsNotConnectedTo(string address)
    {
        await using var rig = new RefreshRig(network: options =>
        {
            options.AllowedPrefixes = [];
            options.Resolve = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(address)]);
        });
        rig.Upstream.ServeRaw("/list.txt", Whole);
        var source = rig.Source() with { Urls = [new() { Url = $"https://feeds.example:{rig.Upstream.Port}/list.txt" }] };
        var refusal = await Assert.ThrowsAsync<FetchException>(() => FetchAsync(rig, source));
        Assert.Equal(FetchFault.AddressRefused, refusal.Fault);
        Assert.Equal(0, rig.Upstream.Connections);
    }

    // The name is public when asked first, and loopback when asked again: what is connected to is what was checked.
    [Fact]
    public async Task Fetch_NameThatChangesBetweenLooks_IsCheckedWhereItIsConnectedTo()
    {
        var looks = 0;
        await using var rig = new RefreshRig(network: options =>
        {
            options.AllowedPrefixes = [];
            options.Retries = 0;
            options.Resolve = (_, _) => Task.FromResult<IPAddress[]>(looks++ == 0 ? throw new System.Net.Sockets.SocketException(11) : [IPAddress.Loopback]);
        });
        var source = rig.Source() with { Urls = [new() { Url = $"https://feeds.example:{rig.Upstream.Port}/list.txt" }] };
        Assert.Equal(FetchFault.Unreachable, (await Assert.ThrowsAsync<FetchException>(() => FetchAsync(rig, source))).Fault);
        Assert.Equal(FetchFault.AddressRefused, (await Assert.ThrowsAsync<FetchException>(() => FetchAsync(rig, source))).Fault);
        Assert.Equal((2, 0), (looks, rig.Upstream.Connections));
    }

    [Fact]
    public async Task Fetch_NameOfSeveralAddresses_ConnectsToThoseThatMayBe()
    {
        await using var rig = new RefreshRig(network: options => options.Resolve = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("10.0.0.1"), IPAddress.Loopback]));
        rig.Upstream.ServeRaw("/list.txt", Whole);
        var source = rig.Source() with { Urls = [new() { Url = $"https://feeds.example:{rig.Upstream.Port}/list.txt" }] };
        Assert.Equal(16, (await FetchAsync(rig, source))!.Bytes);
    }

    // The operator's proxy may be anywhere; what is asked of it may not.
    [Fact]
    public async Task Fetch_ThroughAProxy_AsksTheProxyAndNoForbiddenAddress()
    {
        using var proxy = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        proxy.Start();
        await using var rig = new RefreshRig(network: options =>
        {
            options.AllowedPrefixes = [];
            options.Retries = 0;
            options.Proxy = new WebProxy($"http://127.0.0.1:{((IPEndPoint)proxy.LocalEndpoint).Port}");
        });
        var source = rig.Source() with { Urls = [new() { Url = "https://feeds.example/list.txt" }] };
        var fetching = FetchAsync(rig, source);
        using (var client = await proxy.AcceptTcpClientAsync(TestContext.Current.CancellationToken))
        {
            using var reader = new StreamReader(client.GetStream());
            Assert.Equal("CONNECT feeds.example:443 HTTP/1.1", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        }
        await Assert.ThrowsAsync<FetchException>(() => fetching);
        while (proxy.Pending()) // the handler tries a lost connection once more
        {
            (await proxy.AcceptTcpClientAsync(TestContext.Current.CancellationToken)).Dispose();
        }
        var inside = rig.Source() with { Urls = [new() { Url = "https://169.254.169.254/" }] };
        Assert.Equal(FetchFault.AddressRefused, (await Assert.ThrowsAsync<FetchException>(() => FetchAsync(rig, inside))).Fault);
        Assert.False(proxy.Pending());
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Fetch_PinnedFile_IsTakenOnlyAsPinned(bool isTheOne)
    {
        await using var rig = new RefreshRig();
        rig.Upstream.ServeRaw("/list.txt", Whole);
        var pin = Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(isTheOne ? List : "another")));
        var source = rig.Source() with { Urls = [new() { Url = rig.Upstream.UrlOf("/list.txt"), Sha256 = pin }] };
        var fault = isTheOne ? FetchFault.None : (await Assert.ThrowsAsync<FetchException>(() => FetchAsync(rig, source))).Fault;
        Assert.Equal(isTheOne ? FetchFault.None : FetchFault.PinMismatch, fault);
        Assert.Equal(isTheOne ? 16 : null, isTheOne ? (await FetchAsync(rig, source))?.Bytes : null);
    }

    [Fact]
    public async Task Fetch_PageWithALink_FetchesWhatItLinksTo()
    {
        await using var rig = new RefreshRig();
        var page = $"<html><a href='{rig.Upstream.UrlOf("/x")}'>no</a> <a href=\"{rig.Upstream.UrlOf("/dl/71d8/Tags_20261123.json?a=1&amp;b=2")}\">yes</a></html>";
        rig.Upstream.Publish("/page", page, type: "text/html");
        rig.Upstream.ServeRaw("/dl/71d8/Tags_20261123.json?a=1&b=2", Whole);
        SourceEntry Linked(string link) => rig.Source() with { Urls = [new() { Url = rig.Upstream.UrlOf("/page"), Link = link }] };
        Assert.Equal(16, (await FetchAsync(rig, Linked(rig.Upstream.UrlOf("/dl/*/Tags_*.json*"))))!.Bytes);
        Assert.Equal(FetchFault.NoLink, (await Assert.ThrowsAsync<FetchException>(() => FetchAsync(rig, Linked("https://a.example/*.json")))).Fault);
    }

    public static TheoryData<CredentialScheme, string?, string, string> Credentials => new()
    {
        { CredentialScheme.Basic, null, "Authorization", "Basic bWU6aHVudGVyMg==" },
        { CredentialScheme.Bearer, null, "Authorization", "Bearer hunter2" },
        { CredentialScheme.Header, "X-Token", "X-Token", "hunter2" },
        { CredentialScheme.Query, "token", "", "/list.txt?token=hunter2" },
    };

    // A redirect elsewhere, as MaxMind's to its object storage, goes without them.
    [Theory, MemberData(nameof(Credentials))]
    public async Task Fetch_Credentials_GoToTheirHostAndNoFurther(CredentialScheme scheme, string? name, string header, string expected)
    {
        await using var rig = new RefreshRig(
            network: options => options.Resolve = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]),
            environment: variable => variable switch { "USER_NAME" => "me", "SECRET" => "hunter2", _ => null });
        var path = scheme == CredentialScheme.Query ? "/list.txt?token=hunter2" : "/list.txt";
        rig.Upstream.ServeRaw(path, $"HTTP/1.1 302 Found\r\nLocation: https://storage.example:{rig.Upstream.Port}/stored\r\nContent-Length: 0\r\n\r\n");
        rig.Upstream.ServeRaw("/stored", Whole);
        var source = rig.Source() with { Credentials = new() { Scheme = scheme, Name = name, User = scheme == CredentialScheme.Basic ? "USER_NAME" : null, Secret = "SECRET" } };
        Assert.Equal(16, (await FetchAsync(rig, source))!.Bytes);
        Assert.Equal(expected, header.Length == 0 ? rig.Upstream.Requests[0].Path : rig.Upstream.Requests[0].Headers[header]);
        Assert.False(rig.Upstream.Requests[1].Headers.ContainsKey("Authorization") || rig.Upstream.Requests[1].Headers.ContainsKey("X-Token"));
    }

    [Fact]
    public async Task Fetch_SecretInAFile_IsReadFromThere()
    {
        var file = _folder.Write("secrets/token", "hunter2\n");
        await using var rig = new RefreshRig(environment: variable => variable == "TOKEN_FILE" ? file : null);
        rig.Upstream.ServeRaw("/list.txt", Whole);
        await FetchAsync(rig, rig.Source() with { Credentials = new() { Scheme = CredentialScheme.Bearer, Secret = "TOKEN" } });
        Assert.Equal("Bearer hunter2", rig.Upstream.Requests[0].Headers["Authorization"]);
    }

    [Fact]
    public async Task Fetch_CredentialInAHeaderThatIsNone_AsksNothing()
    {
        await using var rig = new RefreshRig(environment: variable => variable == "TOKEN" ? "hunter2" : null);
        var source = rig.Source() with { Credentials = new() { Scheme = CredentialScheme.Header, Name = "Content-Type", Secret = "TOKEN" } };
        Assert.Equal(FetchFault.NoCredentials, (await Assert.ThrowsAsync<FetchException>(() => FetchAsync(rig, source))).Fault);
        Assert.Empty(rig.Upstream.Requests);
    }

    [Theory, InlineData(null), InlineData(""), InlineData("a\r\nHost: b")]
    public async Task Fetch_SecretThatIsNotSet_AsksNothing(string? value)
    {
        await using var rig = new RefreshRig(environment: variable => variable == "TOKEN" ? value : null);
        var source = rig.Source() with { Credentials = new() { Scheme = CredentialScheme.Bearer, Secret = "TOKEN" } };
        Assert.Equal(FetchFault.NoCredentials, (await Assert.ThrowsAsync<FetchException>(() => FetchAsync(rig, source))).Fault);
        Assert.Empty(rig.Upstream.Requests);
    }

    // Whatever goes wrong, no message tells a secret.
    [Fact]
    public async Task Fetch_TokenInTheQuery_IsInNoMessage()
    {
        await using var rig = new RefreshRig(Hasty, environment: variable => variable == "TOKEN" ? "hunter2" : null);
        var source = rig.Source() with { Credentials = new() { Scheme = CredentialScheme.Query, Name = "token", Secret = "TOKEN" } };
        foreach (var response in new[] { "garbage", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 302 Found\r\nLocation: http://b.example/?token=hunter2\r\nContent-Length: 0\r\n\r\n" })
        {
            rig.Upstream.ServeRaw("/list.txt?token=hunter2", response);
            var refusal = await Assert.ThrowsAsync<FetchException>(() => FetchAsync(rig, source));
            Assert.DoesNotContain("hunter2", refusal.ToString(), StringComparison.Ordinal);
        }
        Assert.Equal("/list.txt?token=hunter2", rig.Upstream.Requests[0].Path);
    }

    [Fact]
    public async Task Fetch_UserAgent_IsTheSourcesOwnOrOurs()
    {
        await using var rig = new RefreshRig();
        rig.Upstream.ServeRaw("/list.txt", Whole);
        await FetchAsync(rig);
        await FetchAsync(rig, rig.Source() with { UserAgent = "Example SOC (soc@example.org)" });
        Assert.StartsWith("AcquireInfra.Enrichment/", rig.Upstream.Requests[0].Headers["User-Agent"], StringComparison.Ordinal);
        Assert.Equal("Example SOC (soc@example.org)", rig.Upstream.Requests[1].Headers["User-Agent"]);
    }

    [Fact]
    public async Task Fetch_Cancelled_IsCancelledAndNoFault()
    {
        await using var rig = new RefreshRig();
        using var cancelled = new CancellationTokenSource(100);
        rig.Upstream.Serve("/list.txt", (_, _, stopping) => Task.Delay(Timeout.Infinite, stopping));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => rig.Fetcher.FetchAsync(rig.Source(), rig.Source().Urls[0], null, Destination, Now, cancelled.Token));
    }

    Task<FetchedFile?> FetchAsync(RefreshRig rig, SourceEntry? source = null, Validators? known = null)
    {
        source ??= rig.Source();
        return rig.Fetcher.FetchAsync(source, source.Urls[0], known, Destination, Now, TestContext.Current.CancellationToken);
    }
}
