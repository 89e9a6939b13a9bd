using System.Net;
using AcquireInfra.Enrichment.Service.Auth;

namespace AcquireInfra.Enrichment.Service.Tests.Auth;

/// <summary>The fixture's log is at the level Trace, and holds all that any formatter could print.</summary>
public sealed class CredentialLogTests(GuardedFixture fixture)
{
    [Fact]
    public async Task Log_AtTrace_HoldsNoCredential()
    {
        var (good, wrong) = (fixture.Keys[Roles.Lookup], new TestKey("lookup", Roles.Lookup));
        var (token, forged) = (fixture.Authority.Token(Roles.Lookup), fixture.Authority.Sign(fixture.Authority.Claims(Roles.Admin).ToJsonString())[..^8]);
        foreach (var (header, value) in ((string, string)[])[
            ("X-Api-Key", good.Text), ("X-Api-Key", wrong.Text), ("X-Api-Key", wrong.Text + "!"), ("Authorization", "ApiKey " + good.Text),
            ("Authorization", "Basic " + wrong.Text), ("Authorization", "Bearer " + token), ("Authorization", "Bearer " + forged), ("Authorization", "Bearer " + wrong.Text),
            ("Cookie", "session=" + wrong.Text)])
        {
            var answer = await fixture.LookupAsync((header, value));
            Assert.Equal(value.Contains(good.Text, StringComparison.Ordinal) || value.EndsWith(token, StringComparison.Ordinal), answer.Status == HttpStatusCode.OK);
            Assert.DoesNotContain(wrong.Secret, answer.Text, StringComparison.Ordinal);
        }
        string[] secrets = [good.Secret, wrong.Secret, good.Digest, token.Split('.')[2], forged.Split('.')[1], forged.Split('.')[2]];
        var held = fixture.Service.Log.Lines.Where(line => secrets.Any(secret => line.Text.Contains(secret, StringComparison.OrdinalIgnoreCase))).ToList();
        Assert.True(held.Count == 0, string.Join('\n', held.Select(line => line.Text)));
        Assert.Contains(fixture.Service.Log.Lines, line => line.Text.StartsWith("Trace", StringComparison.Ordinal)); // it is at that level
        Assert.Contains(fixture.Service.Log.Lines, line => line.Event.Name == "CredentialRefused");
    }

    // Proxies log URLs, and so does the web server where its request logs are turned on.
    [Theory, InlineData("api_key"), InlineData("X-Api-Key"), InlineData("access_token"), InlineData("Authorization")]
    public async Task Key_InTheUrl_IsNotAccepted(string name)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/ip/192.0.2.7?{name}={fixture.Keys[Roles.Admin].Text}");
        var answer = await GuardedFixture.SendAsync(fixture.Service.Rest, request);
        Assert.Equal((HttpStatusCode.Unauthorized, "no_credential"), (answer.Status, answer.Member("reason")));
    }
}
