using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AcquireInfra.Enrichment.Service.Tests.Hosting;

/// <summary>A certificate authority of the test's own, and certificates of it as files.</summary>
internal sealed class TestCertificates : IDisposable
{
    const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    readonly ECDsa _rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TestCertificates()
    {
        var request = new CertificateRequest("CN=Test root", _rootKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        Root = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
    }

    public X509Certificate2 Root { get; }

    /// <summary>Writes a server's certificate for the loopback, and its key, as PEM.</summary>
    public (string Path, string KeyPath) WriteServer(TemporaryFolder folder, string name)
    {
        using var certificate = Issue(name, ServerAuthentication);
        using var key = certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(folder[name + ".pem"], certificate.ExportCertificatePem());
        File.WriteAllText(folder[name + ".key"], key.ExportPkcs8PrivateKeyPem());
        return (folder[name + ".pem"], folder[name + ".key"]);
    }

    public string WriteRoot(TemporaryFolder folder)
    {
        File.WriteAllText(folder["root.pem"], Root.ExportCertificatePem());
        return folder["root.pem"];
    }

    public X509Certificate2 IssueClient(string name) => Issue(name, ClientAuthentication);

    /// <summary>A client that trusts this authority alone and tells which certificate it saw.</summary>
    public HttpClient Client(int port, Action<string>? saw = null, X509Certificate2? clientCertificate = null)
    {
        var handler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero }; // a handshake for each request
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
        {
            saw?.Invoke(certificate!.Subject);
            return Trusts(certificate);
        };
        if (clientCertificate is not null)
        {
            handler.SslOptions.ClientCertificates = [clientCertificate];
        }
        return new(handler) { BaseAddress = new($"https://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(20) };
    }

    public bool Trusts(X509Certificate? certificate)
    {
        using var chain = new X509Chain();
        (chain.ChainPolicy.TrustMode, chain.ChainPolicy.RevocationMode) = (X509ChainTrustMode.CustomRootTrust, X509RevocationMode.NoCheck);
        chain.ChainPolicy.CustomTrustStore.Add(Root);
        return certificate is X509Certificate2 known && chain.Build(known);
    }

    X509Certificate2 Issue(string name, string usage)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        using var certificate = request.Create(Root, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(7), RandomNumberGenerator.GetBytes(8));
        using var withKey = certificate.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), password: null);
    }

    public void Dispose()
    {
        Root.Dispose();
        _rootKey.Dispose();
    }
}
