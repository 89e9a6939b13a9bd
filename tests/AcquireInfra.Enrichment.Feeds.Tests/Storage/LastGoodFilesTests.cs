using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Manifest;
using AcquireInfra.Enrichment.Feeds.Storage;
using AcquireInfra.Enrichment.Parsing;

namespace AcquireInfra.Enrichment.Feeds.Tests.Storage;

public sealed class LastGoodFilesTests : IDisposable
{
    readonly TemporaryFolder _inputs = new();
    readonly TemporaryFolder _state = new();

    public void Dispose()
    {
        _inputs.Dispose();
        _state.Dispose();
    }

    [Fact]
    public void TryFind_FilesThatAreGone_AreThereUnderTheirNamesAndDates()
    {
        var source = Source("own", _inputs.Write("a/list.txt", "9.1.1.1\n"), _inputs.Write("b/list.txt", "9.2.2.2\n"));
        File.SetLastWriteTimeUtc(source.Files[0], new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        Keep(source);
        Directory.Delete(Path.Combine(_inputs.Path, "a"), recursive: true);
        var kept = Files.TryFind(source)!;
        Assert.Equal(["9.1.1.1\n", "9.2.2.2\n"], kept.Files.Select(File.ReadAllText));
        Assert.Equal(["list.txt", "list.txt"], kept.Files.Select(Path.GetFileName));
        Assert.Equal(new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc), File.GetLastWriteTimeUtc(kept.Files[0]));
        Assert.Null(Files.TryFind(Source("other", [.. source.Files])));
        Assert.Null(Files.TryFind(source with { Entry = source.Entry with { Format = new FeedFormat { Syntax = FeedSyntax.Text, Endpoints = true } } }));
        Assert.Null(Files.TryFind(source with { Files = [] }));
    }

    // A file that changed while it was compiled may be the broken one.
    [Fact]
    public void Keep_CopiesThatAreNotWhatWasCompiled_LeavesThoseOfBefore()
    {
        var source = Source("own", _inputs.Write("list.txt", "9.1.1.1\n"));
        Keep(source);
        _inputs.Write("list.txt", "9.1");
        Files.Keep([source], _ => true, _ => false);
        Assert.Equal("9.1.1.1\n", File.ReadAllText(Assert.Single(Files.TryFind(source)!.Files)));
        Assert.Equal(["current"], Directory.GetFileSystemEntries(Path.Combine(_state.Path, "kept")).Select(Path.GetFileName));
    }

    [Fact]
    public void Keep_Again_ReplacesAndForgetsWhatIsNotKept()
    {
        var (one, other) = (Source("one", _inputs.Write("one.txt", "9.1.1.1\n")), Source("other", _inputs.Write("other.txt", "9.2.2.2\n")));
        Keep(one, other);
        _inputs.Write("one.txt", "9.3.3.3\n");
        Keep(one);
        Assert.Equal("9.3.3.3\n", File.ReadAllText(Assert.Single(Files.TryFind(one)!.Files)));
        Assert.Null(Files.TryFind(other));
        Files.Keep([one], _ => false, _ => true);
        Assert.Null(Files.TryFind(one));
    }

    // Killed between the two renames, and while copies were made.
    [Fact]
    public void TryFind_AfterAProcessDied_FindsWhatWasThereBefore()
    {
        var source = Source("own", _inputs.Write("list.txt", "9.1.1.1\n"));
        Keep(source);
        Directory.Move(Path.Combine(_state.Path, "kept", "current"), Path.Combine(_state.Path, "kept", "before"));
        _state.Write("kept/incoming/half", "9.1");
        Assert.NotNull(Files.TryFind(source));
        _inputs.Write("list.txt", "9.2.2.2\n");
        Keep(source);
        Assert.Equal("9.2.2.2\n", File.ReadAllText(Assert.Single(Files.TryFind(source)!.Files)));
        Assert.Equal(["current"], Directory.GetFileSystemEntries(Path.Combine(_state.Path, "kept")).Select(Path.GetFileName));
    }

    [Fact]
    public void Keep_NothingToKeep_WritesNothing()
    {
        Files.Keep([Source("own", _inputs.Write("list.txt", "9.1.1.1\n"))], _ => false, _ => true);
        Assert.Empty(Directory.GetFileSystemEntries(_state.Path));
    }

    LastGoodFiles Files => new(_state.Path);

    void Keep(params LocatedSource[] sources) => Files.Keep(sources, _ => true, copies => copies.All(copy => copy.Files.All(file => file.StartsWith(_state.Path, StringComparison.Ordinal))));

    static LocatedSource Source(string id, params string[] files) => new(
        new SourceEntry
        {
            Id = id,
            Name = id,
            Files = files,
            Format = new FeedFormat { Syntax = FeedSyntax.Text },
            Categories = ["vpn"],
            Reliability = 0.9,
            Exportable = true,
            Licence = "none",
        },
        files);
}
