using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AcquireInfra.Enrichment.Feeds.Manifest;

/// <summary>Lays an operator's changes over the bundled manifest, member by member.</summary>
internal static class ManifestChanges
{
    static readonly JsonDocumentOptions AsPeopleWrite = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <param name="bundled">Text of the bundled manifest, which is known to be good.</param>
    /// <param name="name">The operator's manifest, for messages.</param>
    /// <param name="root">Folder that the operator's relative paths begin at.</param>
    /// <exception cref="ManifestException">A change is of no bundled source, or makes a wrong entry of one.</exception>
    public static SourceManifest Apply(ReadOnlySpan<byte> bundled, IReadOnlyList<JsonObject> changes, string name, string root)
    {
        var manifest = JsonNode.Parse(bundled, documentOptions: AsPeopleWrite)!.AsObject();
        var sources = manifest["sources"]!.AsArray();
        foreach (var change in changes)
        {
            var id = change["id"] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
            var changed = sources.OfType<JsonObject>().FirstOrDefault(source => id is not null && (string?)source["id"] == id)
                ?? throw new ManifestException($"{name} changes the source '{id}', and there is no bundled one of that id.");
            foreach (var (member, given) in change)
            {
                changed.Remove(member);
                if (given is not null)
                {
                    changed.Add(member, member == "files" && given is JsonArray files ? Rooted(files, root) : given.DeepClone());
                }
            }
        }
        return SourceManifest.Parse(Encoding.UTF8.GetBytes(manifest.ToJsonString()), name);
    }

    static JsonArray Rooted(JsonArray files, string root) =>
        [.. files.Select(file => file is JsonValue path && path.TryGetValue(out string? text) ? Path.GetFullPath(Path.Combine(root, text)) : file?.DeepClone())];
}
