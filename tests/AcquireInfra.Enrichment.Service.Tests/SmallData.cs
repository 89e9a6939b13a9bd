using AcquireInfra.Enrichment.Feeds.Loading;

namespace AcquireInfra.Enrichment.Service.Tests;

/// <summary>A data folder that compiles in no time: one list in documentation space, and the bundled policy.</summary>
internal static class SmallData
{
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
        File.Copy(Path.Combine(DataFolder.DefaultPath, "policy.json"), Path.Combine(folder, "policy.json"), overwrite: true);
    }
}
