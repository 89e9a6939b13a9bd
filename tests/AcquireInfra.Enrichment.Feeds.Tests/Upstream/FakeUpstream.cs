using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace AcquireInfra.Enrichment.Feeds.Tests.Upstream;

/// <summary>A request as it came: its path with query, and its headers.</summary>
public sealed record Asked(string Path, IReadOnlyDictionary<string, string> Headers);

/// <summary>Writes a response, byte by byte if need be; the connection is closed after it.</summary>
public delegate Task Answer(Asked asked, Stream to, CancellationToken stopping);

/// <summary>
/// A publisher on loopback, over TLS with a certificate of its own. It speaks raw HTTP/1.1, because what is tested is what no web server
/// would send: bodies that drip, break off or lie about their length.
/// </summary>
public sealed class FakeUpstream : IAsyncDisposable
{
    static readonly X509Certificate2 Certificate = CreateCertificate();

    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _stopping = new();
    readonly ConcurrentDictionary<string, Answer> _answers = new();
    readonly ConcurrentQueue<Asked> _asked = new();
    readonly Task _accepting;
    int _connections;

    public FakeUpstream()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public IReadOnlyList<Asked> Requests => [.. _asked];

    /// <summary>Connections that were opened, whether anything was asked on them or not.</summary>
    public int Connections => _connections;

    public static bool IsItsOwn(X509Certificate? certificate) => certificate?.GetCertHashString() == Certificate.GetCertHashString();

    public string UrlOf(string path) => $"https://127.0.0.1:{Port}{path}";

    public void Serve(string path, Answer answer) => _answers[path] = answer;

    /// <summary>Publishes a file, with an entity tag of its content, and 304 for who has it.</summary>
    public void Publish(string path, byte[] body, DateTimeOffset? lastModified = null, string type = "text/plain") =>
        Serve(path, async (asked, to, stopping) =>
        {
            var tag = $"\"{Convert.ToHexString(SHA256.HashData(body))[..16]}\"";
            var dated = lastModified is { } date ? $"Last-Modified: {date:R}\r\n" : "";
            var isKnown = asked.Headers.GetValueOrDefault("If-None-Match") == tag;
            await WriteAsync(to, isKnown
                ? $"HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\n{dated}Connection: close\r\n\r\n"
                : $"HTTP/1.1 200 OK\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\nETag: {tag}\r\n{dated}Connection: close\r\n\r\n");
            await to.WriteAsync(isKnown ? [] : body, stopping);
        });

    public void Publish(string path, string body, DateTimeOffset? lastModified = null, string type = "text/plain") =>
        Publish(path, Encoding.UTF8.GetBytes(body), lastModified, type);

    /// <summary>Answers with exactly this text.</summary>
    public void ServeRaw(string path, string response) => Serve(path, (_, to, _) => WriteAsync(to, response));

    public static async Task WriteAsync(Stream to, string text) => await to.WriteAsync(Encoding.Latin1.GetBytes(text));

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stopping.Dispose();
    }

    async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = TalkAsync(await _listener.AcceptTcpClientAsync(_stopping.Token));
                Interlocked.Increment(ref _connections);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // the test is over
        }
    }

    async Task TalkAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                await using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = Certificate }, _stopping.Token);
                if (await ReadAsync(tls) is { } asked)
                {
                    _asked.Enqueue(asked);
                    var answer = _answers.GetValueOrDefault(asked.Path) ?? ((_, to, _) => WriteAsync(to, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
                    await answer(asked, tls, _stopping.Token);
                }
                await tls.ShutdownAsync();
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or SocketException or ObjectDisposedException
            or System.Security.Authentication.AuthenticationException)
        {
            // the client went away, which is its right
        }
    }

    static async Task<Asked?> ReadAsync(Stream from)
    {
        using var reader = new StreamReader(from, Encoding.Latin1, leaveOpen: true);
        if (await reader.ReadLineAsync() is not { } first)
        {
            return null;
        }
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
        {
            headers[line[..line.IndexOf(':', StringComparison.Ordinal)]] = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        }
        return new(first.Split(' ')[1], headers);
    }

    static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=upstream.example", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
