using System.Net;
using System.Net.Sockets;

namespace AcquireInfra.Enrichment.Service.Tests.Hosting;

/// <summary>The built service as a process of its own: exit codes and signals are contract.</summary>
public sealed class ServiceProcessTests
{
    [Fact]
    public async Task Process_MissingData_ExitsWith3AndNamesTheFile()
    {
        using var folder = new TemporaryFolder();
        using var process = ServiceProcess.Start(folder, $"--Enrichment:DataFolder={folder["none"]}");
        Assert.Equal(3, await process.ExitCodeAsync());
        var line = Assert.Single(process.ErrorLines);
        Assert.Contains(folder["none/policy.json"], line, StringComparison.Ordinal);
        Assert.Contains("Enrichment:DataFolder", line, StringComparison.Ordinal); // what to do
    }

    [Fact]
    public async Task Process_OneMissingDataFile_ExitsWith3AndNamesTheFile()
    {
        using var folder = new TemporaryFolder();
        SmallData.Write(folder["data"]);
        File.Delete(folder["data/list.txt"]);
        using var process = ServiceProcess.Start(folder, $"--Enrichment:DataFolder={folder["data"]}");
        Assert.Equal(3, await process.ExitCodeAsync());
        Assert.Contains(folder["data/list.txt"], Assert.Single(process.ErrorLines), StringComparison.Ordinal);
    }

    // Told apart from a file that is missing by its message alone: what to do is the same.
    [Theory, InlineData("policy.json"), InlineData("sources.json"), InlineData("list.txt")]
    public async Task Process_DataFileThatCannotBeRead_ExitsWith3AndNamesTheFile(string name)
    {
        using var folder = new TemporaryFolder();
        SmallData.Write(folder["data"]);
        File.Delete(folder["data/" + name]);
        Directory.CreateDirectory(folder["data/" + name]);
        using var process = ServiceProcess.Start(folder, $"--Enrichment:DataFolder={folder["data"]}");
        Assert.Equal(3, await process.ExitCodeAsync());
        Assert.Contains(folder["data/" + name], Assert.Single(process.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Enrichment:MaxBatchItems=0", "MaxBatchItems")]
    [InlineData("Enrichment:MaxBatchItems=many", "Enrichment:MaxBatchItems")]   // no number at all
    [InlineData("Enrichment:MaxBatchItem=5", "Enrichment:MaxBatchItem")]
    [InlineData("Enrichment:Sources=/no/such/manifest.json", "/no/such/manifest.json")]
    [InlineData("Kestrel:Endpoints:Rest:Url=nonsense", "Kestrel:Endpoints:Rest:Url")]
    [InlineData("Kestrel:Endpoints:Rest:Url=http://0.0.0.0:0", "Kestrel:Endpoints:Rest:Url is http://0.0.0.0:0, which others can reach, without TLS and authentication.")]
    [InlineData("Kestrel:Endpoints:Rest:Url=https://127.0.0.1:0", "Kestrel:Endpoints:Rest:Url")]                        // https, and no certificate
    [InlineData("Kestrel:Endpoints:Rest:Certificate:Path=/no/such.pfx", "Kestrel:Endpoints:Rest:Certificate:Path")]
    [InlineData("Enrichment:Auth:ApiKeysFile=/no/such.json", "/no/such.json")]
    public async Task Process_WrongOption_ExitsWith78AndOneLine(string option, string key)
    {
        using var folder = new TemporaryFolder();
        SmallData.Write(folder["data"]);
        using var process = ServiceProcess.Start(folder, $"--Enrichment:DataFolder={folder["data"]}", "--" + option);
        Assert.Equal(78, await process.ExitCodeAsync());
        var line = Assert.Single(process.ErrorLines);
        Assert.StartsWith("Wrong configuration: ", line, StringComparison.Ordinal);
        Assert.Contains(key, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Process_PortInUse_ExitsWith71AndNamesTheEndpoint()
    {
        using var folder = new TemporaryFolder();
        SmallData.Write(folder["data"]);
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var taken = $"http://127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}";
        using var process = ServiceProcess.Start(folder, $"--Enrichment:DataFolder={folder["data"]}", $"--Kestrel:Endpoints:Grpc:Url={taken}");
        Assert.Equal(71, await process.ExitCodeAsync());
        Assert.Equal(
            $"Cannot listen at Kestrel:Endpoints:Grpc:Url={taken}: the address is in use. End what listens there, or set another URL.", Assert.Single(process.ErrorLines));
    }

    [Fact]
    public async Task Process_AddressOfNoneOfOurs_ExitsWith71AndOneLine()
    {
        using var folder = new TemporaryFolder();
        SmallData.Write(folder["data"]);
        using var process = ServiceProcess.Start(
            folder, $"--Enrichment:DataFolder={folder["data"]}", "--Kestrel:Endpoints:Rest:Url=http://192.0.2.7:8080", "--Enrichment:AllowInsecureBind=true");
        Assert.Equal(71, await process.ExitCodeAsync());
        Assert.Contains("Kestrel:Endpoints:Rest:Url=http://192.0.2.7:8080", Assert.Single(process.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("policy.json", "{}")]
    [InlineData("sources.json", "{ \"sources\": [ { \"id\": \"A B\" } ] }")]
    [InlineData("sources.json", "not JSON")]
    public async Task Process_WrongManifestOrPolicy_ExitsWith78AndOneLine(string file, string content)
    {
        using var folder = new TemporaryFolder();
        SmallData.Write(folder["data"]);
        await File.WriteAllTextAsync(folder["data/" + file], content, TestContext.Current.CancellationToken);
        using var process = ServiceProcess.Start(folder, $"--Enrichment:DataFolder={folder["data"]}");
        Assert.Equal(78, await process.ExitCodeAsync());
        Assert.StartsWith("Wrong configuration: ", Assert.Single(process.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Process_StateFolderThatCannotBeUsed_StartsAndAnswers503()
    {
        using var folder = new TemporaryFolder();
        SmallData.Write(folder["data"]);
        await File.WriteAllTextAsync(folder["state"], "a file where the folder should be", TestContext.Current.CancellationToken);
        using var process = ServiceProcess.Start(folder, $"--Enrichment:DataFolder={folder["data"]}");
        using var client = await process.ClientWhenListeningAsync();
        Assert.Equal(503, (await client.FetchAsync("/health/ready")).Status);
        Assert.Equal(200, (await client.FetchAsync("/health/live")).Status);
        var answer = await client.LookupAsync("192.0.2.1");
        Assert.Equal((503, "no_snapshot"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Process_Sigterm_ExitsWith0()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGTERM.");
        using var folder = new TemporaryFolder();
        SmallData.Write(folder["data"]);
        using var process = ServiceProcess.Start(folder, $"--Enrichment:DataFolder={folder["data"]}");
        using (var client = await process.ClientWhenReadyAsync())
        {
            Assert.Equal(200, (await client.LookupAsync("192.0.2.1")).Status);
        }
        process.Terminate();
        Assert.Equal(0, await process.ExitCodeAsync());
        Assert.Empty(process.ErrorLines);
    }

    // A service that is moved, or started by systemd from "/", finds its data all the same.
    [Fact]
    public async Task Process_StartedFromAnotherFolder_FindsItsBundledData()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["state"], "no need to compile", TestContext.Current.CancellationToken);
        using var process = ServiceProcess.Start(folder);
        using var client = await process.ClientWhenListeningAsync();
        Assert.Equal(HttpStatusCode.OK, (HttpStatusCode)(await client.FetchAsync("/health/live")).Status);
    }
}
