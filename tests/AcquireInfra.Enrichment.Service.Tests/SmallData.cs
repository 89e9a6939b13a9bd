using System.Text;
using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Storage;
using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Service.Tests;

/// <summary>A data folder that compiles in no time: one list in documentation space, and the bundled policy.</summary>
internal static class SmallData
{
    static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    const string Manifest = """
        { "sources": [ {
          "id": "test-list", "name": "List of this test", "files": ["list.txt"],
          "format": { "syntax": "text", "allowSpecialPurpose": true },
          "categories": ["hosting"], "reliability": 0.9, "exportable": true, "licence": "MIT", "asOf": "2026-11-24T00:00:00Z"
        } ] }
        """;

    public static void Write(string folder, string list = "192.0.2.0/24\n198.51.100.0/24\n")
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "sources.json"), Manifest);
        File.WriteAllText(Path.Combine(folder, "list.txt"), list);
        foreach (var policy in (string[])["policy.json", "signin-policy.json"])
        {
            File.Copy(Path.Combine(DataFolder.DefaultPath, policy), Path.Combine(folder, policy), overwrite: true);
        }
    }

    /// <summary>The bundled policy under another name.</summary>
    public static byte[] PolicyNamed(string version) => Encoding.UTF8.GetBytes(
        Encoding.UTF8.GetString(new DataFolder(DataFolder.DefaultPath).ReadPolicyJson()).Replace("\"p1\"", $"\"{version}\"", StringComparison.Ordinal));

    /// <summary>A service on this data.</summary>
    public static Task<RunningService> StartAsync(TemporaryFolder folder, params string[] options)
    {
        Write(folder["data"]);
        return RunningService.StartAsync(folder["state"], [$"--Enrichment:DataFolder={folder["data"]}", .. options]);
    }

    /// <summary>A snapshot of this data with another list.</summary>
    public static Snapshot Compile(TemporaryFolder folder, string list) => Snapshot.Open(CompileFile(folder, list));

    /// <summary>The file of a snapshot of this data with another list.</summary>
    public static string CompileFile(TemporaryFolder folder, string list)
    {
        Write(folder["other-data"], list);
        var (sources, _) = new DataFolder(folder["other-data"]).LocateSources(furtherManifest: null);
        var loaded = SourceLoader.Load(sources, FeedLimits.Default, folder["scratch"], Now);
        var path = folder[$"{Guid.NewGuid():N}.snapshot"];
        SnapshotFile.Write(loaded.Sources, path);
        return path;
    }
}
