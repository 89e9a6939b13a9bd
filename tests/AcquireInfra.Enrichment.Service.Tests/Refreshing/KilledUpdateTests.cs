using System.Diagnostics;
using System.Globalization;
using AcquireInfra.Enrichment.Service.Tests.Hosting;

namespace AcquireInfra.Enrichment.Service.Tests.Refreshing;

/// <summary>
/// The service as a process, killed where an update has come to a certain file: what starts afterwards answers from the old data or the
/// new, whole, and leaves nothing lying about. The list lies on disk and is taken in as a fetched one is.
/// </summary>
public sealed class KilledUpdateTests : IDisposable
{
    /// <summary>The files of an update in the order in which they come.</summary>
    enum Seam
    {
        /// <summary>The list is in its place, the state does not name it yet.</summary>
        Fetched,

        /// <summary>The state names it, and nothing is compiled of it.</summary>
        Accepted,

        /// <summary>A snapshot is being written aside.</summary>
        Compiling,

        /// <summary>It has its name, and is not the current one.</summary>
        Named,

        /// <summary>It is the current one, and history does not know it.</summary>
        Current,

        /// <summary>History knows it; it goes live, and the one before is still there.</summary>
        Written,

        /// <summary>The one before is deleted.</summary>
        Pruned,
    }

    const int Attempts = 25; // a seam is a few milliseconds wide, and processors are busy
    const int Marks = 100; // addresses that one version has alone

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    static readonly TimeSpan MayTake = TimeSpan.FromSeconds(5);

    readonly TemporaryFolder _folder = new();
    string[] _snapshotsBefore = [];
    string _currentBefore = "";
    DateTime _stateBefore;
    string[] _listsBefore = [];

    public KilledUpdateTests()
    {
        SmallData.Write(_folder["data"]);
        Publish(0);
        // The canaries are many, for the new snapshot to be a while without being the current one.
        var canaries = string.Join(", ", Enumerable.Range(0, 3_000).Select(at => $$"""{ "ip": "{{AddressAt(at)}}", "has": ["vpn"] }"""));
        File.WriteAllText(_folder["further.json"], $$"""
            { "sources": [ { "id": "fetched", "name": "Fetched", "files": ["list.txt"], "refreshInterval": "1.00:00:00", "format": { "syntax": "text" },
              "categories": ["vpn"], "reliability": 0.9, "exportable": true, "licence": "none" } ], "canaries": [ {{canaries}} ] }
            """);
    }

    public void Dispose() => _folder.Dispose();

    // One after another: the start after each kill is the start before the next.
    [Fact]
    public async Task Update_KilledAtEachSeam_StartsWithAWholeSnapshotAndLeavesNothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGKILL, and keeps open files.");
        var process = Start();
        try
        {
            await FirstVersionAsync(process);
            var version = 0;
            foreach (var seam in Enum.GetValues<Seam>())
            {
                var last = version + Attempts;
                for (Seam? hit = null; hit != seam;)
                {
                    Assert.True(++version <= last, $"{Attempts} updates were killed, and none at {seam}");
                    hit = await KillAtAsync(process, seam, version);
                    process.Dispose();
                    var began = Stopwatch.GetTimestamp();
                    process = Start();
                    await CheckAsync(process, hit, version, began);
                }
            }
        }
        finally
        {
            process.Dispose();
        }
    }

    static async Task FirstVersionAsync(ServiceProcess process)
    {
        using var client = await process.ClientWhenReadyAsync();
        foreach (var _ in (int[])[1, 2]) // the second begins when all that comes of the first is over
        {
            var before = await LastAttemptAsync(client);
            await RefreshAsync(client);
            await SourcesClient.UntilAsync(async () => await LastAttemptAsync(client) != before, "it is not refreshed");
        }
        Assert.Equal(0, await VersionAsync(client, 0));
    }

    async Task CheckAsync(ServiceProcess process, Seam? killedAt, int version, long began)
    {
        using var client = await process.ClientWhenReadyAsync();
        var ready = Stopwatch.GetElapsedTime(began);
        var first = await VersionAsync(client, version);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"update {version} killed at {killedAt}: ready after {ready.TotalMilliseconds:F0} ms with {(first == version ? "the new" : "the old")} version");
        Assert.True(ready <= MayTake, $"ready after {ready.TotalSeconds:F1} s");
        Assert.InRange(first, version - 1, version);
        if (killedAt is Seam.Fetched or >= Seam.Current)
        {
            Assert.Equal(killedAt == Seam.Fetched ? version - 1 : version, first); // what is current is live when it listens
        }
        if (killedAt is null or Seam.Fetched)
        {
            await RefreshAsync(client); // no state names it: it was never accepted
        }
        await SourcesClient.UntilAsync(async () => await VersionAsync(client, version) == version, "the new version does not go live");
        var id = (await client.LookupAsync(MarkAt(version, 0))).Json.GetProperty("snapshotId").GetString();
        Assert.Contains(id!, (await client.FetchAsync("/v1/snapshots")).Text, StringComparison.Ordinal);
        await SourcesClient.UntilAsync(() => Task.FromResult(!Leftovers().Any() && Snapshots().Length == 1), "left over: " + string.Join(", ", Leftovers().Concat(Snapshots())));
        await SourcesClient.UntilAsync(async () => (await client.FetchAsync("/health/ready")).Text.Contains("\"ready\"", StringComparison.Ordinal), "it is not ready");
    }

    static async Task<string> LastAttemptAsync(HttpClient client) => (await client.FetchAsync("/v1/sources")).Json.GetProperty("sources").EnumerateArray()
        .Single(source => source.GetProperty("id").GetString() == "fetched").GetProperty("lastAttemptAt").GetRawText();

    /// <summary>Asks for an update and kills the process at the seam.</summary>
    /// <returns>The seam that what is on disk has come to.</returns>
    async Task<Seam?> KillAtAsync(ServiceProcess process, Seam seam, int version)
    {
        (_snapshotsBefore, _currentBefore, _listsBefore) = (Snapshots(), CurrentId(), Lists());
        _stateBefore = File.GetLastWriteTimeUtc(State);
        Publish(version);
        using var client = new HttpClient { BaseAddress = new($"http://127.0.0.1:{process.Ports.Rest}") };
        var watching = Task.Factory.StartNew(() => Watch(process, seam), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await RefreshAsync(client);
        }
        catch (HttpRequestException)
        {
            // killed before it had answered
        }
        await watching;
        return Reached();
    }

    void Watch(ServiceProcess process, Seam seam)
    {
        for (var began = Stopwatch.GetTimestamp(); !HasCome(seam);)
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, $"the update does not come to {seam}");
        }
        process.Kill();
    }

    Seam? Reached() => Enum.GetValues<Seam>().Reverse().Where(HasCome).Cast<Seam?>().FirstOrDefault();

    bool HasCome(Seam seam) => seam switch
    {
        Seam.Fetched => Lists().Length > _listsBefore.Length,
        Seam.Accepted => File.GetLastWriteTimeUtc(State) != _stateBefore,
        Seam.Compiling => Directory.EnumerateFiles(_folder["state/snapshots"], "*compiling*").Any(),
        Seam.Named => Snapshots().Length > _snapshotsBefore.Length,
        Seam.Current => CurrentId() != _currentBefore,
        Seam.Written => CurrentId() is var id && id != _currentBefore && File.ReadAllText(_folder["state/history.json"]).Contains(id, StringComparison.Ordinal),
        _ => _snapshotsBefore.Any(path => !File.Exists(path)),
    };

    string State => _folder["state/feeds/fetched/state.json"];

    string[] Lists() => Directory.GetFiles(_folder["state/feeds/fetched"], "0-*");

    string[] Snapshots() => Directory.GetFiles(_folder["state/snapshots"], "*.snapshot");

    string CurrentId() => File.ReadAllText(_folder["state/current"]).TrimEnd().Split(' ')[^1];

    IEnumerable<string> Leftovers() => Directory.GetFiles(_folder["state"], "*", SearchOption.AllDirectories).Where(path =>
        path.EndsWith(".tmp", StringComparison.Ordinal) || Path.GetFileName(path) is var name && (name == "compiling" || name.StartsWith("incoming", StringComparison.Ordinal)));

    // Of the snapshots only what is live is kept, so that the update ends with a deletion.
    ServiceProcess Start() => ServiceProcess.Start(
        _folder, $"--Enrichment:DataFolder={_folder["data"]}", $"--Enrichment:Sources={_folder["further.json"]}", "--Enrichment:History:MaxBytes=0");

    static async Task RefreshAsync(HttpClient client) =>
        Assert.Equal(202, (await client.AnswerToAsync(new(HttpMethod.Post, "/v1/sources/fetched:refresh"))).Status);

    /// <summary>The version that one snapshot answers from: it has all of its marks and none of any other's.</summary>
    static async Task<int> VersionAsync(HttpClient client, int newest)
    {
        var asked = Enumerable.Range(0, newest + 1).SelectMany(version => Enumerable.Range(0, Marks).Select(at => MarkAt(version, at))).ToList();
        var answer = await client.BatchAsync(asked.Select(Wire.Quote));
        Assert.Equal(200, answer.Status);
        var known = answer.Json.GetProperty("results").EnumerateArray().Select(verdict => verdict.GetProperty("isVpn").ValueKind == System.Text.Json.JsonValueKind.True);
        var counts = known.Chunk(Marks).Select(marks => marks.Count(isVpn => isVpn)).ToList();
        Assert.All(counts, count => Assert.True(count is 0 or Marks, $"{count} of {Marks} marks: a snapshot that is not whole"));
        return counts.Exists(count => count > 0) ? counts.FindIndex(count => count > 0) : -1;
    }

    void Publish(int version) => File.WriteAllText(
        _folder["list.txt"],
        string.Concat(Enumerable.Range(0, 20_000).Select(at => AddressAt(at) + "\n").Concat(Enumerable.Range(0, Marks).Select(at => MarkAt(version, at) + "\n"))));

    static string AddressAt(int at) => string.Create(CultureInfo.InvariantCulture, $"9.0.{at / 250}.{at % 250}");

    static string MarkAt(int version, int at) => string.Create(CultureInfo.InvariantCulture, $"9.1.{version}.{at}");
}
