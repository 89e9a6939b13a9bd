using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Service.Redis;
using AcquireInfra.Enrichment.Service.Tests.Rpc;
using StackExchange.Redis;

namespace AcquireInfra.Enrichment.Service.Tests.Hosting;

/// <summary>Dockerfile and docker-compose.yml, as far as they can be tried without an engine: the same constraints, the same files.</summary>
public sealed partial class ContainerTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    static string Read(string path) => File.ReadAllText(Path.Combine(NpmTools.Root, path));

    // A root that is not written, a user without rights, no capabilities: what the container has.
    [Fact]
    public async Task Service_ReadOnlyRootAndUserWithoutRights_AnswersAndEndsWell()
    {
        SmallData.Write(_folder["data"]);
        Directory.CreateDirectory(_folder["state"]);
        using (var open = Process.Start("chmod", ["-R", "a+rwX", _folder.Path]))
        {
            await open.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        using var process = ServiceProcess.Start(_folder, trustedRoots: null, [$"--Enrichment:DataFolder={_folder["data"]}", "--Enrichment:DrainSeconds=0"], [
            "bwrap", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--bind", _folder["state"], _folder["state"],
            "--unshare-user", "--uid", "1654", "--gid", "1654", "--cap-drop", "ALL", "--setenv", "DOTNET_EnableDiagnostics", "0", "--die-with-parent"]);
        using var client = await process.ClientWhenReadyAsync();
        Assert.Equal(200, (await client.LookupAsync("192.0.2.1")).Status);
        var url = new Uri(client.BaseAddress!, "/health/ready").ToString();
        Assert.Equal(0, await HealthProbe.RunAsync(url));
        process.Terminate();
        await process.ExitCodeAsync();
        Assert.Equal(1, await HealthProbe.RunAsync(url));
    }

    [Theory, InlineData("nonsense"), InlineData("http://127.0.0.1:1/health/ready"), InlineData("")]
    public async Task HealthProbe_NobodyThere_Is1(string url) => Assert.Equal(1, await HealthProbe.RunAsync(url));

    [Fact]
    public async Task RedisConf_TheServicesUser_CanDoWhatItNeedsAndNoMore()
    {
        using var server = await LoopbackServer.Redis(_folder.Path, Path.Combine(NpmTools.Root, "src", "AcquireInfra.Enrichment.Service", "container", "redis.conf")).ListeningAsync();
        var options = RedisServer.ConfigurationOf(new() { Configuration = $"127.0.0.1:{server.Port},user=enrichment" });
        options.AllowAdmin = true; // or the client itself would refuse what the server is to refuse
        using var client = await ConnectionMultiplexer.ConnectAsync(options);
        var database = client.GetDatabase();
        await database.StringSetAsync("enrichment:v1:deep:192.0.2.7", "x", TimeSpan.FromMinutes(1));
        Assert.Equal("x", await database.StringGetAsync("enrichment:v1:deep:192.0.2.7"));
        await client.GetSubscriber().SubscribeAsync(RedisChannel.Literal("enrichment:news"), (_, _) => { });
        await Assert.ThrowsAsync<RedisServerException>(() => database.StringSetAsync("other:key", "x"));
        await Assert.ThrowsAsync<RedisServerException>(() => database.ExecuteAsync("FLUSHALL"));
        await Assert.ThrowsAsync<RedisServerException>(() => database.ExecuteAsync("CONFIG", "SET", "maxmemory", "1"));
        await Assert.ThrowsAsync<RedisServerException>(() => database.ExecuteAsync("MIGRATE", "192.0.2.1", "80", "enrichment:x", "0", "10"));
        await Assert.ThrowsAsync<RedisServerException>(() => database.ExecuteAsync("SWAPDB", "0", "1"));
        await Assert.ThrowsAsync<RedisServerException>(() => client.GetSubscriber().SubscribeAsync(RedisChannel.Literal("other"), (_, _) => { }));
        using var stranger = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{server.Port},abortConnect=false,connectTimeout=500");
        await Assert.ThrowsAnyAsync<RedisException>(() => stranger.GetDatabase().PingAsync());
    }

    // The engine's own reader, which needs no engine; it is there on Debian.
    [Fact]
    public async Task Compose_Config_IsAccepted()
    {
        var start = new ProcessStartInfo("docker-compose", ["-f", Path.Combine(NpmTools.Root, "docker-compose.yml"), "config", "-q"]) { RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, errors);
    }

    [Fact]
    public void ComposeAndDockerfile_OptionsOfTheService_AreOptions()
    {
        var keys = OptionKey().Matches(Read("docker-compose.yml") + Read("Dockerfile")).Select(match => match.Groups[1].Value.Replace("__", ":", StringComparison.Ordinal)).ToList();
        Assert.True(keys.Count >= 4);
        foreach (var key in keys.Where(key => key.StartsWith("Enrichment:", StringComparison.Ordinal)))
        {
            var type = (Type?)typeof(EnrichmentOptions);
            foreach (var part in key.Split(':').Skip(1))
            {
                type = type?.GetProperty(part, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase)?.PropertyType;
            }
            Assert.True(type is not null, $"{key} is no option");
        }
    }

    [Fact]
    public void Compose_Ports_AreOfTheLoopbackAlone()
    {
        var ports = Port().Matches(Read("docker-compose.yml")).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(2, ports.Count);
        Assert.All(ports, port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal));
    }

    [Fact]
    public void Dockerfile_WhatItCopies_IsThere()
    {
        var paths = Copied().Matches(Read("Dockerfile")).SelectMany(match => match.Groups[1].Value.Split(' ')[..^1]).ToList();
        Assert.True(paths.Count > 8);
        Assert.All(paths, path => Assert.True(
            path.Contains('*', StringComparison.Ordinal)
                ? Directory.GetFiles(Path.Combine(NpmTools.Root, Path.GetDirectoryName(path)!), Path.GetFileName(path)).Length > 0
                : Path.Exists(Path.Combine(NpmTools.Root, path)),
            path));
    }

    public void Dispose() => _folder.Dispose();

    [GeneratedRegex(@"\b((?:Enrichment|Kestrel)__\w+)")]
    private static partial Regex OptionKey();

    [GeneratedRegex("""^ +- "([0-9.:]+:[0-9]+)"$""", RegexOptions.Multiline)]
    private static partial Regex Port();

    [GeneratedRegex("^COPY (?!--from)(.+)$", RegexOptions.Multiline)]
    private static partial Regex Copied();
}
