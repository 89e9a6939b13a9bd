using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace AcquireInfra.Enrichment.Service.Tests.Hosting;

/// <summary>
/// The service dies at the seams of an update: a tracer kills it, as kill -9 does, when it is about to give a file its name: a fetched list, a
/// source's state, the snapshot, which one is current, the history. What starts after it serves the whole old data or the whole new.
/// </summary>
public sealed class KilledUpdateTests(ITestOutputHelper output) : IDisposable
{
    // The tracer finds a rename by the old name, which is fixed for these two, or by its number in its thread: the others, and these again.
    static readonly string[] Named = ["feeds/fetched/incoming-0", "snapshots/compiling"];
    const int LeastNumbered = 3;
    const string Renames = "rename,renameat,renameat2";
    static readonly string[] Old = ["9.2.2.2", "9.3.3.3"];
    static readonly string[] New = ["9.4.4.4", "9.5.5.5"];

    readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Update_KilledAtEachSeam_ServesTheWholeOldOrTheWholeNew()
    {
        await PrepareAsync();
        foreach (var name in Named)
        {
            Assert.True(await IsKilledAsync("-P", Path.Combine(_folder["state"], name), "-e", Inject(1)), $"it lived through the rename of {name}");
            await CheckAsync($"before {name} was renamed");
        }
        var number = 1;
        while (await IsKilledAsync("-e", Inject(number)))
        {
            await CheckAsync($"before rename {number} of a thread");
            number++;
        }
        Assert.True(number > LeastNumbered, $"{number - 1} renames");
    }

    static string Inject(int number) => string.Create(CultureInfo.InvariantCulture, $"inject={Renames}:signal=SIGKILL:when={number}");

    async Task CheckAsync(string killed)
    {
        var began = Stopwatch.GetTimestamp();
        using var process = Start();
        using var client = await process.ClientWhenReadyAsync();
        var ready = Stopwatch.GetElapsedTime(began);
        var known = await KnownAsync(client, [.. Old, .. New]);
        Assert.Contains(known, (string[])["9.2.2.2 9.3.3.3", "9.4.4.4 9.5.5.5"]);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"killed {killed}: knows {known}, ready after {ready.TotalSeconds:F1} s"));
        await UpdateAsync(client);
        await UntilAsync( // what the dead left goes with the next update
            () => Task.FromResult(Directory.GetFiles(_folder["state"], "*.tmp", SearchOption.AllDirectories).Length == 0), "there are temporary files");
    }

    // A state folder of a service that has fetched the old list, to begin each time with.
    async Task PrepareAsync()
    {
        SmallData.Write(_folder["data"]);
        File.WriteAllText(_folder["further.json"], $$"""
            { "sources": [ { "id": "fetched", "name": "Fetched", "files": ["{{_folder["list.txt"]}}"], "refreshInterval": "1.00:00:00",
              "format": { "syntax": "text" }, "categories": ["vpn"], "reliability": 0.9, "exportable": true, "licence": "none" } ] }
            """);
        Publish(Old);
        using (var process = Start())
        {
            using var client = await process.ClientWhenReadyAsync();
            await RefreshAsync(client);
            await UntilAsync(async () => await KnownAsync(client, Old) == "9.2.2.2 9.3.3.3", "the old list is not live");
            process.Terminate();
            await process.ExitCodeAsync();
        }
        Directory.Move(_folder["state"], _folder["prepared"]);
    }

    /// <returns>False where it lived through the update: there is no such rename.</returns>
    async Task<bool> IsKilledAsync(params string[] at)
    {
        if (Directory.Exists(_folder["state"]))
        {
            Directory.Delete(_folder["state"], recursive: true);
        }
        using (var copy = Process.Start("cp", ["-r", _folder["prepared"], _folder["state"]]))
        {
            await copy.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        Publish(New);
        using var process = Start(["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=" + Renames, .. at]);
        try
        {
            using var client = await process.ClientWhenListeningAsync();
            await UpdateAsync(client);
            return false;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException) // it is dead, or dies
        {
            Assert.NotEqual(0, await process.ExitCodeAsync());
            return true;
        }
    }

    // Most of the list is the same, or the gates would refuse the new one.
    void Publish(string[] addresses) => File.WriteAllLines(_folder["list.txt"], Enumerable.Range(0, 200).Select(at => $"9.6.6.{at}").Concat(addresses));

    static async Task UpdateAsync(HttpClient client)
    {
        await RefreshAsync(client);
        await UntilAsync(async () => await KnownAsync(client, New) == "9.4.4.4 9.5.5.5", "the new list is not live");
    }

    static async Task RefreshAsync(HttpClient client) =>
        Assert.Equal(202, (await client.AnswerToAsync(new(HttpMethod.Post, "/v1/sources/fetched:refresh"))).Status);

    // Of one answer, and so of one snapshot.
    static async Task<string> KnownAsync(HttpClient client, string[] addresses)
    {
        var answers = await client.BatchAsync(addresses.Select(address => JsonSerializer.Serialize(address)));
        return answers.Status != 200 ? "" : string.Join(' ', answers.Json.GetProperty("results").EnumerateArray()
            .Where(row => row.GetProperty("verdict").GetString() == "anonymizer").Select(row => row.GetProperty("ip").GetString()));
    }

    static async Task UntilAsync(Func<Task<bool>> isSo, string otherwise)
    {
        for (var began = Stopwatch.GetTimestamp(); !await isSo(); await Task.Delay(20, TestContext.Current.CancellationToken))
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(30), otherwise);
        }
    }

    ServiceProcess Start(params string[] under) => ServiceProcess.Start(
        _folder, trustedRoots: null, [$"--Enrichment:DataFolder={_folder["data"]}", $"--Enrichment:Sources={_folder["further.json"]}"], under);

    public void Dispose() => _folder.Dispose();
}
