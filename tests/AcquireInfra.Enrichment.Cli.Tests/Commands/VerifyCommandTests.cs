namespace AcquireInfra.Enrichment.Cli.Tests.Commands;

public sealed class VerifyCommandTests(BundledSnapshot bundled)
{
    [Fact]
    public async Task Verify_SoundFile_SaysWhatIsInIt()
    {
        var run = await EnrichProcess.RunAsync("verify", bundled.FilePath);
        Assert.Equal((0, ""), (run.Code, run.Errors));
        var bytes = new FileInfo(bundled.FilePath).Length;
        Assert.Matches($@"^bundled\.snapshot: sound\. Snapshot [0-9a-f]{{32}}, {bytes} bytes, data of 2026-11-24T00:00Z, ", run.Output);
        Assert.Matches(@", 3 sources, \d+ ASNs, \d+ profiles\n$", run.Output);
    }

    public static TheoryData<string, Func<byte[], byte[]>> Damages => new()
    {
        { "one bit in the middle", bytes => Flip(bytes, bytes.Length / 2) },
        { "one bit at the start", bytes => Flip(bytes, 0) },
        { "one bit at the end", bytes => Flip(bytes, bytes.Length - 1) },
        { "the last byte is missing", bytes => bytes[..^1] },
        { "half of it is missing", bytes => bytes[..(bytes.Length / 2)] },
        { "a byte too many", bytes => [.. bytes, 0] },
        { "nothing but its first bytes", bytes => bytes[..16] },
        { "empty", _ => [] },
        { "another file", _ => "not a snapshot at all, but a text of some length that ends soon"u8.ToArray() },
    };

    [Theory, MemberData(nameof(Damages))]
    public async Task Verify_DamagedFile_ExitsWith2AndSaysWhy(string damage, Func<byte[], byte[]> damaged)
    {
        using var folder = new TemporaryFolder();
        var bytes = await File.ReadAllBytesAsync(bundled.FilePath, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(folder["x.snapshot"], damaged(bytes), TestContext.Current.CancellationToken);
        var run = await EnrichProcess.RunAsync("verify", folder["x.snapshot"]);
        Assert.True((run.Code, run.Output) == (2, ""), $"{damage}: {run}");
        Assert.StartsWith("enrich: Not a sound snapshot: ", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        var lookup = await EnrichProcess.RunAsync("lookup", "192.0.2.1", "--snapshot", folder["x.snapshot"]); // and nothing answers from it
        Assert.Equal((2, "", run.Errors), (lookup.Code, lookup.Output, lookup.Errors));
    }

    static byte[] Flip(byte[] bytes, int at)
    {
        bytes[at] ^= 0x10;
        return bytes;
    }
}
