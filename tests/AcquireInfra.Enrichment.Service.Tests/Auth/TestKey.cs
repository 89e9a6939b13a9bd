using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace AcquireInfra.Enrichment.Service.Tests.Auth;

/// <summary>An API key as <c>enrich key new</c> makes them.</summary>
internal sealed record TestKey(string Id, params string[] Roles)
{
    /// <summary>What the caller sends.</summary>
    public string Text { get; } = $"{Id}.{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))}";

    public string Secret => Text[(Id.Length + 1)..];

    public string Digest => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(Text)));

    /// <summary>An entry of the file of keys.</summary>
    public string Entry => $$"""{ "id": "{{Id}}", "sha256": ["{{Digest}}"], "roles": [{{string.Join(',', Roles.Select(role => $"\"{role}\""))}}] }""";

    /// <summary>Options that configure these keys one by one.</summary>
    public static IEnumerable<string> Options(params IEnumerable<TestKey> keys) => keys.SelectMany((key, at) => (IEnumerable<string>)
    [
        $"--Enrichment:Auth:ApiKeys:{at}:Id={key.Id}", $"--Enrichment:Auth:ApiKeys:{at}:Sha256:0={key.Digest}",
        .. key.Roles.Select((role, number) => $"--Enrichment:Auth:ApiKeys:{at}:Roles:{number}={role}"),
    ]);
}
