using System.Text.Json;

namespace AcquireInfra.Enrichment.Cli.Tests.Commands;

public sealed class CompileCommandTests(BundledSnapshot bundled)
{
    // Line, column and what is wrong there.
    const string FaultyList = """
        # a list with faults
        192.0.2.0/24
        010.0.0.0/8      # octal or decimal?
        192.0.2.1/24

          198.51.100.0/33
        0.0.0.0/0
        198.51.100.0/24  one that is right
        """;

    [Fact]
    public void Compile_BundledData_SaysWhatWentIn()
    {
        Assert.Equal((0, ""), (bundled.Compiled.Code, bundled.Compiled.Errors));
        Assert.Matches(@"asn-table +asn\.mmdb +\d{6} entries  \d{4}-\d\d-\d\d  no faults", bundled.Compiled.Output);
        Assert.Matches(@"asn-roles +asn-roles\.csv +\d{5} entries  2026-11-24  no faults", bundled.Compiled.Output);
        Assert.Matches(@"seed-t1583 +seed-t1583\.txt +11 entries  2026-11-24  no faults", bundled.Compiled.Output);
        Assert.Matches("^snapshot [0-9a-f]{32}: ", bundled.Compiled.OutputLines[^1]);
    }

    [Fact]
    public async Task Compile_Twice_GivesEqualBytes()
    {
        using var folder = new TemporaryFolder();
        var again = await EnrichProcess.RunAsync("compile", "--out", folder["again.snapshot"]);
        Assert.Equal(0, again.Code);
        var bytes = await File.ReadAllBytesAsync(folder["again.snapshot"], TestContext.Current.CancellationToken);
        var first = await File.ReadAllBytesAsync(bundled.FilePath, TestContext.Current.CancellationToken);
        Assert.True(bytes.AsSpan().SequenceEqual(first)); // Equal would list fifteen million of them
        Assert.Single(Directory.GetFiles(folder.Path)); // and no temporary file is left
    }

    [Fact]
    public async Task Compile_FaultyList_CountsFaultsAndTakesTheRest()
    {
        using var folder = SmallFolder();
        var run = await CompileAsync(folder);
        Assert.Equal((0, ""), (run.Code, run.Errors));
        Assert.Matches(@"test-list +list\.txt +2 entries  2026-11-24  faults: ", run.Output);
        Assert.Contains("faults: bad_address 1, bad_prefix_length 1, host_bits_set 1, too_wide 1\n", run.Output, StringComparison.Ordinal);
        Assert.Equal(2, run.OutputLines.Length); // places only where they are asked for
        Assert.Equal(0, (await EnrichProcess.RunAsync("verify", folder["out.snapshot"])).Code);
    }

    [Fact]
    public async Task Compile_WithFaults_TellsWhereEachStands()
    {
        using var folder = SmallFolder();
        var run = await CompileAsync(folder, "--faults");
        string[] places = ["3:1: bad_address", "4:1: host_bits_set", "6:3: bad_prefix_length", "7:1: too_wide"];
        Assert.Equal(
            places.Select(place => $"    {folder["list.txt"]}:{place}"),
            run.OutputLines.Where(line => line.StartsWith("    ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Compile_OutputThatIsThere_IsReplacedWholeOrNotAtAll()
    {
        using var folder = SmallFolder();
        Assert.Equal(0, (await CompileAsync(folder)).Code);
        var before = await File.ReadAllBytesAsync(folder["out.snapshot"], TestContext.Current.CancellationToken);
        folder.Write("further.json", "not JSON");
        var failed = await CompileAsync(folder);
        Assert.Equal((2, ""), (failed.Code, failed.Output));
        Assert.Equal(before, await File.ReadAllBytesAsync(folder["out.snapshot"], TestContext.Current.CancellationToken));
        folder.Write("further.json", ManifestText.List("list.txt"));
        folder.Write("list.txt", "192.0.2.0/25\n");
        Assert.Equal(0, (await CompileAsync(folder)).Code);
        Assert.NotEqual(before, await File.ReadAllBytesAsync(folder["out.snapshot"], TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("""{ "id": "A B", "name": "x", "files": ["list.txt"], "reliability": 2, "exportable": true, "licence": "MIT" }""", "A B")]
    [InlineData("""{ "id": "x", "nmae": "x" }""", "nmae")]
    public async Task Compile_WrongManifest_SaysWhereAndWhat(string entry, string told)
    {
        using var folder = SmallFolder();
        folder.Write("further.json", $"{{ \"sources\": [ {entry} ] }}");
        var run = await CompileAsync(folder);
        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Contains(folder["further.json"], Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.Contains(told, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compile_FileOfTheManifestMissing_NamesIt()
    {
        using var folder = SmallFolder();
        File.Delete(folder["list.txt"]);
        var run = await CompileAsync(folder);
        Assert.Equal(2, run.Code);
        Assert.Contains(folder["list.txt"], Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    // Databases are copied before they are mapped, on other threads than the caller's.
    [Fact]
    public async Task Compile_NoRoomForPrivateCopies_IsOneLine()
    {
        using var folder = new TemporaryFolder();
        var blocked = folder.Write("file", "a file where the folder should be");
        var run = await EnrichProcess.RunWithAsync("", new() { ["TMPDIR"] = blocked }, "compile", "--out", folder["out.snapshot"]);
        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.StartsWith("enrich: ", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compile_PrivateCopies_AreGoneAfterwards()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["tmp"]);
        var run = await EnrichProcess.RunWithAsync("", new() { ["TMPDIR"] = folder["tmp"] }, "compile", "--out", folder["out.snapshot"]);
        Assert.Equal(0, run.Code);
        Assert.DoesNotContain(Directory.GetFileSystemEntries(folder["tmp"]), path => Path.GetFileName(path).Contains("enrich", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Compile_CutList_WarnsBelowTheFile()
    {
        using var folder = SmallFolder();
        folder.Write("further.json", ManifestText.List("list.txt").Replace("\"text\"", "\"json\", \"prefix\": [\"[]\"]", StringComparison.Ordinal));
        folder.Write("list.txt", "[\"192.0.2.0/24\", ");
        var run = await CompileAsync(folder);
        Assert.Equal(0, run.Code);
        Assert.StartsWith($"    warning: {folder["list.txt"]} not read to its end (bad_json)", run.OutputLines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compile_RootOption_IsWhereFilesAreLookedFor()
    {
        using var folder = SmallFolder();
        Directory.CreateDirectory(folder["elsewhere"]);
        File.Move(folder["list.txt"], folder["elsewhere/list.txt"]);
        Assert.Equal(0, (await CompileAsync(folder, "--root", folder["elsewhere"])).Code);
        var lookup = await EnrichProcess.RunAsync("lookup", "192.0.2.1", "--format", "json", "--snapshot", folder["out.snapshot"]);
        Assert.Equal("192.0.2.0/24", JsonDocument.Parse(lookup.Output).RootElement[0].GetProperty("network").GetString());
    }

    static TemporaryFolder SmallFolder()
    {
        var folder = new TemporaryFolder();
        folder.Write("sources.json", "{ \"sources\": [] }");
        folder.Write("further.json", ManifestText.List("list.txt"));
        folder.Write("list.txt", FaultyList);
        return folder;
    }

    static Task<Run> CompileAsync(TemporaryFolder folder, params string[] more) => EnrichProcess.RunAsync(
        ["compile", "--data", folder.Path, "--sources", folder["further.json"], "--out", folder["out.snapshot"], .. more]);
}
