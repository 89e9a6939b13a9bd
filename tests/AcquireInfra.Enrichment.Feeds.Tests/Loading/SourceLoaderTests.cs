using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Manifest;
using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Feeds.Tests.Loading;

public sealed class SourceLoaderTests : IDisposable
{
    static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    readonly TemporaryFolder _folder = new();

    string Scratch => Path.Combine(_folder.Path, "scratch");

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, FeedSyntax, string, string?> Contents => new()
    {
        { "whole", FeedSyntax.Text, Lines(good: 3, bad: 0), null },
        { "bad lines, but few", FeedSyntax.Text, Lines(good: 1, bad: 10), null },
        { "bad lines, but a small share", FeedSyntax.Text, Lines(good: 1_089, bad: 11), null },
        { "too many bad lines", FeedSyntax.Text, Lines(good: 1_088, bad: 11), "11 of 1099 records cannot be read" },
        { "nothing but a page of errors", FeedSyntax.Text, Lines(good: 0, bad: 50), "50 of 50 records cannot be read" },
        { "special-purpose space hides nobody", FeedSyntax.Text, Lines(good: 1, bad: 0) + Repeated("10.0.0.1\n", 50), null },
        { "whole JSON", FeedSyntax.Json, "[\"192.0.2.7\"]", null },
        { "JSON that broke off", FeedSyntax.Json, "[\"192.0.2.7\", \"192.0", "not read to its end (bad_json)" },
        { "a JSON token without end", FeedSyntax.Json, "[\"192.0.2.7\", \"" + new string('a', 100_000), "not read to its end (line_too_long)" },
        { "too many entries", FeedSyntax.Text, Lines(good: 2_001, bad: 0), "not read to its end (too_many_entries)" },
        { "too many bytes", FeedSyntax.Text, new string('\n', 200_001), "not read to its end (feed_too_long)" },
    };

    // "Looked for and absent" may be said of what was read, and of nothing else; what was read counts all the same.
    [Theory, MemberData(nameof(Contents))]
    public void Load_FileThatIsNotWhole_CoversNothingAndSaysWhy(string why, FeedSyntax syntax, string content, string? doubt)
    {
        _folder.Write("list", content);
        var format = new FeedFormat { Syntax = syntax, Prefix = syntax == FeedSyntax.Json ? ["[]"] : [] };
        var limits = FeedLimits.Default with { MaxEntries = 2_000, MaxFeedBytes = 200_000 };
        var loaded = Load(new(Entry(format), [Path.Combine(_folder.Path, "list")]), limits);
        Assert.Equal(doubt is null ? ["vpn"] : [], loaded.Sources[0].Info.Covers);
        Assert.Equal(["vpn"], loaded.Sources[0].Info.Categories);
        Assert.True(doubt is null ? loaded.Files[0].Warnings.Count == 0 : Assert.Single(loaded.Files[0].Warnings).StartsWith(doubt, StringComparison.Ordinal), why);
    }

    [Fact]
    public void Load_OneFileOfTwoIsCut_TheSourceCoversNothing()
    {
        _folder.Write("whole", "[\"192.0.2.7\"]");
        _folder.Write("cut", "[\"198.51.100.7\", ");
        var format = new FeedFormat { Syntax = FeedSyntax.Json, Prefix = ["[]"], AllowSpecialPurpose = true };
        var loaded = Load(new(Entry(format), [Path.Combine(_folder.Path, "whole"), Path.Combine(_folder.Path, "cut")]));
        Assert.Equal((0, 2), (loaded.Sources[0].Info.Covers.Count, loaded.Sources[0].Info.Entries));
    }

    // Each file has a date of its own: one without is not as fresh as the one beside it.
    [Fact]
    public void Load_UndatedFileBesideADatedOne_HasItsOwnTimeOnDisk()
    {
        var dated = _folder.Write("dated.txt", "# as of 2026-11-20\n9.1.1.1\n");
        var undated = _folder.Write("undated.txt", "9.1.1.2\n");
        File.SetLastWriteTimeUtc(undated, new DateTime(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc));
        var loaded = Load(new(Entry(new FeedFormat { Syntax = FeedSyntax.Text, AsOf = "as of" }) with { AsOf = null }, [dated, undated]));
        Assert.Equal(["2026-11-20", "2026-11-01"], loaded.Files.Select(file => file.AsOf.ToString("yyyy-MM-dd", null)));
        Assert.Equal(new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero), loaded.Sources[0].Info.AsOf);
        Assert.Equal([0, 1], loaded.Files.Select(file => file.Warnings.Count));
    }

    public static TheoryData<string> Unreadable => ["missing", "a link to nothing", "an empty folder", "a disk that fails", "a bug of ours"];

    // Whatever befalls a source, its name and file are told, and nothing is said of threads.
    [Theory, MemberData(nameof(Unreadable))]
    public void Load_FileThatCannotBeRead_NamesSourceAndFile(string trouble)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links and /proc");
        var path = Path.Combine(_folder.Path, "list");
        var format = new FeedFormat { Syntax = trouble == "a disk that fails" ? FeedSyntax.MaxMindDb : FeedSyntax.Text };
        switch (trouble)
        {
            case "a link to nothing":
                File.CreateSymbolicLink(path, Path.Combine(_folder.Path, "nothing"));
                break;
            case "an empty folder":
                Directory.CreateDirectory(path);
                break;
            case "a disk that fails":
                File.CreateSymbolicLink(path, "/proc/self/mem"); // opens, and reading its first page is EIO
                break;
            case "a bug of ours":
                _folder.Write("list", "9.1.1.1\n");
                format = new FeedFormat { Syntax = FeedSyntax.Csv, Header = true, Delimiter = "" }; // which no manifest may have
                break;
        }
        var source = SourceLoader.Locate(new SourceManifest { Sources = [Entry(format)] }, _folder.Path);
        var refusal = Assert.Throws<SourceException>(() => Load(source[0]));
        Assert.Equal("own", refusal.SourceId);
        Assert.StartsWith("own: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(path, refusal.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.Exists(Scratch) ? Directory.GetFiles(Scratch) : []); // and no half copy is left
    }

    [Fact]
    public void Load_ScratchFolderInTheWay_IsNoSourcesFault()
    {
        _folder.Write("list", "not a database");
        _folder.Write("scratch", "a file where the folder should be");
        var refusal = Assert.Throws<ScratchFolderException>(() => Load(Database()));
        Assert.Contains(Scratch, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_DatabaseOverTheLimit_IsNotEvenCopied()
    {
        _folder.Write("list", "not a database");
        var refusal = Assert.Throws<SourceException>(() => Load(Database(), FeedLimits.Default with { MaxDatabaseBytes = 13 }));
        Assert.Contains("13 are the most", refusal.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Scratch));
    }

    [Fact]
    public void Load_Cancelled_ReadsNothing()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => SourceLoader.Load([Database()], FeedLimits.Default, Scratch, Now, cancelled.Token));
    }

    static string Lines(int good, int bad) =>
        string.Concat(Enumerable.Range(0, good).Select(at => $"9.{at >> 8}.{at & 255}.1\n")) + Repeated("oops\n", bad);

    static string Repeated(string line, int times) => string.Concat(Enumerable.Repeat(line, times));

    LocatedSource Database() => new(Entry(new FeedFormat { Syntax = FeedSyntax.MaxMindDb }), [Path.Combine(_folder.Path, "list")]);

    LoadedSources Load(LocatedSource source, FeedLimits? limits = null) =>
        SourceLoader.Load([source], limits ?? FeedLimits.Default, Scratch, Now, TestContext.Current.CancellationToken);

    static SourceEntry Entry(FeedFormat format) => new()
    {
        Id = "own",
        Name = "Own",
        Kind = SourceKind.Claims,
        Files = ["list"],
        Format = format,
        Categories = ["vpn"],
        Reliability = 0.9,
        Exportable = false,
        Licence = "own",
        AsOf = Now,
    };
}
