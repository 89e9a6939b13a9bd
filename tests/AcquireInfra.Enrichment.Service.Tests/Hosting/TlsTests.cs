using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace AcquireInfra.Enrichment.Service.Tests.Hosting;

/// <summary>Endpoints with certificates, from files as an operator has them.</summary>
public sealed class TlsTests : IDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly TestCertificates _certificates = new();

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory, InlineData("1.1"), InlineData("2.0")]
    public async Task Rest_OverTls_AnswersBothVersions(string version)
    {
        await using var service = await StartAsync("Rest");
        using var client = _certificates.Client(service.Ports.Rest);
        using var request = Lookup(version);
        using var response = await client.SendAsync(request, Cancelled);
        Assert.Equal((HttpStatusCode.OK, Version.Parse(version)), (response.StatusCode, response.Version));
    }

    [Fact]
    public async Task Grpc_OverTls_Answers()
    {
        await using var service = await StartAsync("Grpc");
        using var client = _certificates.Client(service.Ports.Grpc);
        using var request = Lookup("2.0");
        (request.Method, request.RequestUri) = (HttpMethod.Post, new("/acquireinfra.enrichment.v1.EnrichmentService/ScoreIp", UriKind.Relative));
        request.Content = new ByteArrayContent([0, 0, 0, 0, 11, 10, 9, .. "192.0.2.7"u8]) { Headers = { ContentType = new("application/grpc") } };
        using var response = await client.SendAsync(request, Cancelled);
        await response.Content.ReadAsByteArrayAsync(Cancelled);
        Assert.Equal("0", response.TrailingHeaders.GetValues("grpc-status").Single());
    }

    [Theory]
    [InlineData(SslProtocols.Tls12, true), InlineData(SslProtocols.Tls13, true)]
#pragma warning disable CA5397, SYSLIB0039 // that it is refused is the point
    [InlineData(SslProtocols.Tls11, false)]
#pragma warning restore CA5397, SYSLIB0039
    public async Task Handshake_OldProtocols_AreRefused(SslProtocols protocol, bool isGood)
    {
        await using var service = await StartAsync("Rest");
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, service.Ports.Rest, Cancelled);
        await using var tls = new SslStream(tcp.GetStream());
        var handshake = tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "127.0.0.1", EnabledSslProtocols = protocol, RemoteCertificateValidationCallback = (_, certificate, _, _) => _certificates.Trusts(certificate) }, Cancelled);
        if (isGood)
        {
            await handshake;
            Assert.Equal(protocol, tls.SslProtocol);
            return;
        }
        await Assert.ThrowsAnyAsync<Exception>(() => handshake); // by the server, or by a client that no longer knows it
    }

    // A plain request to a TLS endpoint gets nothing, and above all no redirect that a later one would follow with its key.
    [Fact]
    public async Task Rest_PlainRequestToTls_IsNotAnswered()
    {
        await using var service = await StartAsync("Rest");
        await Assert.ThrowsAsync<HttpRequestException>(() => service.Rest.FetchAsync("/v1/ip/192.0.2.7"));
    }

    // As renewal does it: the new files are put beside and renamed over the old ones, the key first.
    [Fact]
    public async Task Certificate_FilesReplaced_ServesTheNewOneWithoutRestart()
    {
        await using var service = await StartAsync("Rest");
        var seen = "";
        using var client = _certificates.Client(service.Ports.Rest, subject => seen = subject);
        Assert.Equal(200, (await client.LookupAsync("192.0.2.7")).Status);
        Assert.Equal("CN=server", seen);
        var (path, keyPath) = _certificates.WriteServer(_folder, "renewed");
        File.Move(keyPath, _folder["server.key"], overwrite: true);
        File.Move(path, _folder["server.pem"], overwrite: true);
        await UntilRenewedAsync(client, () => seen == "CN=renewed");
    }

    // As a mounted secret is renewed: the folder is a link, and the link is moved.
    [Fact]
    public async Task Certificate_LinkToItsFolderMoved_ServesTheNewOneWithoutRestart()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights there.");
        foreach (var name in (string[])["first", "second"])
        {
            var (path, keyPath) = _certificates.WriteServer(_folder, name);
            Directory.CreateDirectory(_folder["of-" + name]);
            File.Move(path, _folder[$"of-{name}/tls.pem"]);
            File.Move(keyPath, _folder[$"of-{name}/tls.key"]);
        }
        Directory.CreateSymbolicLink(_folder["..data"], _folder["of-first"]);
        Directory.CreateDirectory(_folder["live"]);
        File.CreateSymbolicLink(_folder["live/tls.pem"], "../..data/tls.pem");
        File.CreateSymbolicLink(_folder["live/tls.key"], "../..data/tls.key");
        await using var service = await StartAsync(
            "Rest", $"--Kestrel:Endpoints:Rest:Certificate:Path={_folder["live/tls.pem"]}", $"--Kestrel:Endpoints:Rest:Certificate:KeyPath={_folder["live/tls.key"]}");
        var seen = "";
        using var client = _certificates.Client(service.Ports.Rest, subject => seen = subject);
        Assert.Equal(200, (await client.LookupAsync("192.0.2.7")).Status);
        Assert.Equal("CN=first", seen);
        Directory.CreateSymbolicLink(_folder["next"], _folder["of-second"]);
        using var move = Process.Start("mv", ["-T", _folder["next"], _folder["..data"]]); // in one step, which no API of .NET does
        await move.WaitForExitAsync(Cancelled);
        await UntilRenewedAsync(client, () => seen == "CN=second");
    }

    // What is no certificate does not take the endpoint down.
    [Fact]
    public async Task Certificate_ReplacedByWhatIsNone_TheOldOneServesOn()
    {
        await using var service = await StartAsync("Rest");
        var seen = "";
        using var client = _certificates.Client(service.Ports.Rest, subject => seen = subject);
        await File.WriteAllTextAsync(_folder["server.pem"], "no certificate", Cancelled);
        for (var wait = 0; wait < 30; wait++)
        {
            await Task.Delay(100, Cancelled);
            Assert.Equal(200, (await client.LookupAsync("192.0.2.7")).Status);
            Assert.Equal("CN=server", seen);
        }
    }

    // The service trusts what its system trusts, so this one has a system of its own.
    [Fact]
    public async Task MutualTls_Required_LetsInWhoHasACertificateAndNobodyElse()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || OperatingSystem.IsMacOS(), "Trust is set by an environment variable on Linux only.");
        SmallData.Write(_folder["data"]);
        var port = Ports.Free().Rest;
        using var process = ServiceProcess.Start(_folder, _certificates.WriteRoot(_folder), [
            .. Options("Mutual", port), $"--Enrichment:DataFolder={_folder["data"]}", "--Kestrel:Endpoints:Mutual:ClientCertificateMode=RequireCertificate"]);
        using (await process.ClientWhenReadyAsync())
        {
        }
        using var known = _certificates.IssueClient("caller");
        using var others = new TestCertificates();
        using var stranger = others.IssueClient("caller");
        using var good = _certificates.Client(port, clientCertificate: known);
        Assert.Equal(200, (await good.LookupAsync("192.0.2.7")).Status);
        using var none = _certificates.Client(port);
        await Assert.ThrowsAsync<HttpRequestException>(() => none.LookupAsync("192.0.2.7"));
        using var unknown = _certificates.Client(port, clientCertificate: stranger);
        await Assert.ThrowsAsync<HttpRequestException>(() => unknown.LookupAsync("192.0.2.7"));
    }

    public void Dispose()
    {
        _certificates.Dispose();
        _folder.Dispose();
    }

    // The web server closes the endpoint and opens it again: for a moment (56 ms were seen) new connections are refused.
    static async Task UntilRenewedAsync(HttpClient client, Func<bool> isRenewed)
    {
        var (began, refused) = (Stopwatch.GetTimestamp(), TimeSpan.Zero);
        while (!isRenewed() && Stopwatch.GetElapsedTime(began).TotalSeconds < 60)
        {
            var asked = Stopwatch.GetTimestamp();
            await Task.Delay(50, Cancelled);
            try
            {
                Assert.Equal(200, (await client.LookupAsync("192.0.2.7")).Status);
            }
            catch (HttpRequestException)
            {
                refused += Stopwatch.GetElapsedTime(asked);
            }
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"renewed after {Stopwatch.GetElapsedTime(began)}, connections refused for {refused}");
        Assert.True(isRenewed(), "the old certificate is still served");
        Assert.True(refused < TimeSpan.FromSeconds(6), $"connections were refused for {refused}");
    }

    static HttpRequestMessage Lookup(string version) =>
        new(HttpMethod.Get, "/v1/ip/192.0.2.7") { Version = Version.Parse(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact };

    Task<RunningService> StartAsync(string endpoint, params string[] options)
    {
        var ports = Ports.Free();
        SmallData.Write(_folder["data"]);
        return StartCompiledAsync(ports, [.. Options(endpoint, endpoint == "Rest" ? ports.Rest : ports.Grpc), $"--Enrichment:DataFolder={_folder["data"]}", .. options]);
    }

    async Task<RunningService> StartCompiledAsync(Ports ports, string[] options)
    {
        var service = await RunningService.StartAtAsync(ports, _folder["state"], options);
        await service.CompiledAsync();
        return service;
    }

    IEnumerable<string> Options(string endpoint, int port)
    {
        var (path, keyPath) = _certificates.WriteServer(_folder, "server");
        return
        [
            $"--Kestrel:Endpoints:{endpoint}:Url=https://127.0.0.1:{port}", $"--Kestrel:Endpoints:{endpoint}:Certificate:Path={path}",
            $"--Kestrel:Endpoints:{endpoint}:Certificate:KeyPath={keyPath}",
        ];
    }
}
