using System.CommandLine;
using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Storage;

namespace AcquireInfra.Enrichment.Cli.Commands;

/// <summary>The options that say which data, and where what was fetched and compiled lies.</summary>
internal static class StateOptions
{
    public static Option<DirectoryInfo?> Data() => new("--data")
    {
        Description = "Folder of the bundled data and policy. Default: beside the program.",
        HelpName = "DIR",
    };

    public static Option<DirectoryInfo?> State() => new("--state")
    {
        Description = "Folder of what was fetched, and of the compiled snapshot in its subfolder cli. Default: the user's local application data.",
        HelpName = "DIR",
    };

    public static Option<FileInfo?> Manifest() => new("--sources")
    {
        Description = "Source manifest to add to the bundled one; an entry with a bundled id replaces that.",
        HelpName = "MANIFEST",
    };

    public static DataFolder DataFolderOf(DirectoryInfo? given) => new(given?.FullName ?? DataFolder.DefaultPath);

    public static string FolderOf(DirectoryInfo? given) => given?.FullName ?? SnapshotStore.DefaultFolder;

    /// <summary>A folder of its own: a store keeps one snapshot, and the service's may be of other sources.</summary>
    public static SnapshotStore StoreIn(string stateFolder) => new(Path.Combine(stateFolder, "cli"));
}
