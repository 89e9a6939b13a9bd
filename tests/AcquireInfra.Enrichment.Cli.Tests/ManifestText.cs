namespace AcquireInfra.Enrichment.Cli.Tests;

/// <summary>Source manifests of the tests' own.</summary>
internal static class ManifestText
{
    /// <summary>One list in text, in documentation space.</summary>
    public static string List(string file, string id = "test-list") => $$"""
        { "sources": [ {
          "id": "{{id}}", "name": "List of this test", "files": ["{{file}}"],
          "format": { "syntax": "text", "allowSpecialPurpose": true },
          "categories": ["hosting"], "reliability": 0.9, "exportable": true, "licence": "MIT", "asOf": "2026-11-24T00:00:00Z"
        } ] }
        """;

    /// <summary>An ASN table in place of the bundled one.</summary>
    public static string AsnTable(string file) => $$"""
        { "sources": [ {
          "id": "asn-table", "name": "Table of this test", "kind": "asnTable", "files": ["{{file}}"],
          "format": {
            "syntax": "mmdb", "asn": ["autonomous_system_number"], "name": "autonomous_system_organization", "allowSpecialPurpose": true
          },
          "reliability": 0.9, "exportable": true, "licence": "MIT"
        } ] }
        """;
}
