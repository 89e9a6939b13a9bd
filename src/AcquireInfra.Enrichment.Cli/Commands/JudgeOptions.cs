using System.CommandLine;
using System.Globalization;
using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Overriding;
using AcquireInfra.Enrichment.Feeds.Refreshing;
using AcquireInfra.Enrichment.Overriding;
using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Cli.Commands;

/// <summary>The options that say by what and for when to judge, shared by the commands that do.</summary>
internal sealed class JudgeOptions
{
    readonly Option<FileInfo?> _snapshot = new("--snapshot")
    {
        Description = "Snapshot to answer from. Default: the bundled sources with what was fetched of them, compiled into the state folder.",
        HelpName = "FILE",
    };

    readonly Option<string?> _at = new("--at")
    {
        Description = "Judge as of this time, ISO 8601 in UTC (2026-08-22T12:00:00Z). Default: now.",
        HelpName = "TIME",
    };

    readonly Option<FileInfo?> _overrides = new("--overrides")
    {
        Description = "Overrides to judge under: a CSV table as GET /v1/overrides?format=csv gives it. Default: none.",
        HelpName = "FILE",
    };

    readonly Option<DirectoryInfo?> _data = StateOptions.Data();

    readonly Option<DirectoryInfo?> _state = StateOptions.State();

    /// <param name="isTimed">False where the time is not the caller's to choose.</param>
    public void AddTo(Command command, bool isTimed = true)
    {
        command.Options.Add(_snapshot);
        if (isTimed)
        {
            command.Options.Add(_at);
        }
        command.Options.Add(_overrides);
        command.Options.Add(_data);
        command.Options.Add(_state);
    }

    public Judge CreateJudge(ParseResult parsed)
    {
        var data = DataIn(parsed);
        var time = parsed.GetValue(_at) is { } at ? TimeOf("--at", at) : TimeProvider.System.GetUtcNow();
        var overrides = parsed.GetValue(_overrides) is { } file ? ReadOverrides(file, time) : OverrideSet.Empty;
        return new Judge(OpenSnapshot(parsed, data), data.ReadPolicy(), time, overrides: overrides);
    }

    // A table with a fault is not used by half: who judges by it would not see what is missing.
    static OverrideSet ReadOverrides(FileInfo file, DateTimeOffset time)
    {
        var faults = new List<OverrideRowFault>();
        var entries = OverridesFile.Read(File.ReadAllBytes(file.FullName), time, isOurs: false, faults);
        return faults.Count == 0 ? new(0, entries) : throw new FormatException($"{file.Name}: {string.Join(' ', faults)}");
    }

    Snapshot OpenSnapshot(ParseResult parsed, DataFolder data)
    {
        if (parsed.GetValue(_snapshot) is { } file)
        {
            return Snapshot.Open(file.FullName);
        }
        var (sources, text) = data.LocateSources(furtherManifest: null);
        var now = TimeProvider.System.GetUtcNow();
        var state = StateFolderIn(parsed);
        return StateOptions.StoreIn(state).GetOrCompile(new FeedStore(state).WithFetched(sources, now), text, FeedLimits.Default, now);
    }

    public DataFolder DataIn(ParseResult parsed) => StateOptions.DataFolderOf(parsed.GetValue(_data));

    public string StateFolderIn(ParseResult parsed) => StateOptions.FolderOf(parsed.GetValue(_state));

    /// <summary>Reads a time: ISO 8601, in UTC whatever the machine's zone.</summary>
    /// <exception cref="FormatException">Not a time in that form.</exception>
    public static DateTimeOffset TimeOf(string option, string text)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        string[] formats = ["yyyy-MM-ddTHH:mm:ssZ", "yyyy-MM-ddTHH:mmZ", "yyyy-MM-dd"];
        return DateTimeOffset.TryParseExact(text, formats, CultureInfo.InvariantCulture, Utc, out var time)
            ? time
            : throw new FormatException($"{option}: '{text}' is no time; write it like 2026-08-22T12:00:00Z (UTC).");
    }
}
