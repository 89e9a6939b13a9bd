using System.Net;
using AcquireInfra.Enrichment.Service.Auth;

namespace AcquireInfra.Enrichment.Service.Tests.Auth;

/// <summary>The keys of the authority: rotated, withdrawn, and out of reach.</summary>
public sealed class AuthorityKeysTests : IAsyncLifetime
{
    const string KeysPath = "/keys";

    readonly TemporaryFolder _folder = new();
    FakeAuthority _authority = null!;

    public async ValueTask InitializeAsync() => _authority = await FakeAuthority.StartAsync();

    [Fact]
    public async Task Rotation_NewKey_IsFetchedAndTheOldOneIsRefused()
    {
        await using var service = await StartAsync();
        var old = _authority.Token(Roles.Lookup);
        Assert.Equal(HttpStatusCode.OK, await LookupAsync(service, old));
        Assert.Equal(1, _authority.Fetches(KeysPath));
        _authority.Rotate();
        var token = _authority.Token(Roles.Lookup);
        await UntilAsync(async () => await LookupAsync(service, token) == HttpStatusCode.OK, "the new key is known");
        Assert.Equal(2, _authority.Fetches(KeysPath));
        Assert.Equal(HttpStatusCode.Unauthorized, await LookupAsync(service, old)); // withdrawn
    }

    // Whoever can reach the service can name keys that nobody has.
    [Fact]
    public async Task UnknownKeys_Many_AreNotFetchedForEach()
    {
        await using var service = await StartAsync();
        Assert.Equal(HttpStatusCode.OK, await LookupAsync(service, _authority.Token(Roles.Lookup)));
        var claims = _authority.Claims(Roles.Lookup).ToJsonString();
        for (var kid = 0; kid < 200; kid++)
        {
            var token = _authority.Sign(claims, $$"""{"typ":"JWT","alg":"RS256","kid":"unknown-{{kid}}"}""");
            Assert.Equal(HttpStatusCode.Unauthorized, await LookupAsync(service, token));
        }
        await Task.Delay(500, TestContext.Current.CancellationToken); // a fetch runs beside the requests
        Assert.InRange(_authority.Fetches(KeysPath), 1, 2);
        Assert.Equal(HttpStatusCode.OK, await LookupAsync(service, _authority.Token(Roles.Lookup)));
    }

    // No key, so no token can be believed; the service starts all the same, says so, and comes back by itself.
    [Fact]
    public async Task Authority_DownAtStart_RefusesTokensUntilItIsBack()
    {
        _authority.IsDown = true;
        var key = new TestKey("key", Roles.Lookup);
        await using var service = await StartAsync([.. TestKey.Options(key)]);
        var token = _authority.Token(Roles.Lookup);
        for (var attempt = 0; attempt < 20; attempt++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await LookupAsync(service, token));
        }
        Assert.InRange(_authority.Fetches(DiscoveryPath), 1, 3); // it is not asked for each request
        Assert.Contains("authority", (await service.Rest.FetchAsync("/health/ready")).Text, StringComparison.Ordinal);
        Assert.Single(service.Log.Lines, line => line.Event.Name == "AuthorityUnreachable");
        using var withKey = new HttpRequestMessage(HttpMethod.Get, "/v1/ip/192.0.2.7");
        Assert.Equal(HttpStatusCode.OK, (await GuardedFixture.SendAsync(service.Rest, withKey, ("X-Api-Key", key.Text))).Status); // keys need no authority
        _authority.IsDown = false;
        await UntilAsync(async () => await LookupAsync(service, token) == HttpStatusCode.OK, "tokens are believed again");
        Assert.DoesNotContain("authority", (await service.Rest.FetchAsync("/health/ready")).Text, StringComparison.Ordinal);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Authority_DownOrWithoutKeysLater_KnownKeysGoOn(bool isDown)
    {
        await using var service = await StartAsync();
        var token = _authority.Token(Roles.Lookup);
        Assert.Equal(HttpStatusCode.OK, await LookupAsync(service, token));
        (_authority.IsDown, _authority.HasNoKeys) = (isDown, !isDown);
        var before = _authority.Fetches(DiscoveryPath);
        var unknown = _authority.Sign(_authority.Claims(Roles.Lookup).ToJsonString(), """{"typ":"JWT","alg":"RS256","kid":"unknown"}""");
        Assert.Equal(HttpStatusCode.Unauthorized, await LookupAsync(service, unknown)); // has the keys fetched
        await UntilAsync(() => Task.FromResult(_authority.Fetches(DiscoveryPath) > before), "it has tried");
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, await LookupAsync(service, token));
    }

    public async ValueTask DisposeAsync()
    {
        await _authority.DisposeAsync();
        _folder.Dispose();
    }

    static string DiscoveryPath => $"/{FakeAuthority.Tenant}/v2.0/.well-known/openid-configuration";

    Task<RunningService> StartAsync(params string[] options) => SmallData.StartAsync(_folder, [.. _authority.Options, .. options]);

    static async Task<HttpStatusCode> LookupAsync(RunningService service, string token) => (await GuardedFixture.SendAsync(
        service.Rest, new(HttpMethod.Get, "/v1/ip/192.0.2.7"), ("Authorization", "Bearer " + token))).Status;

    static async Task UntilAsync(Func<Task<bool>> isSo, string what)
    {
        for (var wait = 0; wait < 300; wait++)
        {
            if (await isSo())
            {
                return;
            }
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
        Assert.Fail("after half a minute still not: " + what);
    }
}
