namespace AcquireInfra.Enrichment.Service.Tests.Rpc;

/// <summary>
/// The contract against buf's rules, and against <c>tests/contract</c>: what was last released. With a release the contract is copied
/// there.
/// </summary>
[Trait("Needs", "npm")]
public sealed class ContractTests
{
    const string File = "acquireinfra/enrichment/v1/enrichment.proto";

    static string Buf => Path.Combine(NpmTools.Modules, ".bin", "buf");

    [Fact]
    public async Task Contract_BufLint_HasNothingToSay() => Assert.Equal((0, ""), await NpmTools.RunAsync(Buf, "lint", "proto"));

    [Fact]
    public async Task Contract_BufBreaking_BreaksNoReleasedCaller() =>
        Assert.Equal((0, ""), await NpmTools.RunAsync(Buf, "breaking", "proto", "--against", "tests/contract"));

    [Theory]
    [InlineData("uint32 asn = 1;", "uint32 asn = 9;")]                     // renumbered
    [InlineData("string correlation_id = 1;", "")]                         // gone
    [InlineData("bytes ipv6 = 2;", "string ipv6 = 2;")]                    // of another type
    [InlineData("CATEGORY_TOR = 5;", "CATEGORY_ONION = 5;")]
    [InlineData("rpc GetSnapshot(GetSnapshotRequest)", "rpc GetSnapshot(stream GetSnapshotRequest)")]
    public async Task BufBreaking_ContractWithABreak_IsRefused(string from, string to)
    {
        using var folder = new TemporaryFolder();
        var released = await System.IO.File.ReadAllTextAsync(Path.Combine(NpmTools.Root, "proto", File), TestContext.Current.CancellationToken);
        Assert.Contains(from, released, StringComparison.Ordinal);
        Directory.CreateDirectory(Path.GetDirectoryName(folder[File])!);
        await System.IO.File.WriteAllTextAsync(folder[File], released.Replace(from, to, StringComparison.Ordinal), TestContext.Current.CancellationToken);
        System.IO.File.Copy(Path.Combine(NpmTools.Root, "proto", "buf.yaml"), folder["buf.yaml"]);
        var (exitCode, output) = await NpmTools.RunAsync(Buf, "breaking", folder.Path, "--against", "tests/contract");
        Assert.Equal(100, exitCode);
        Assert.Contains("enrichment.proto:", output, StringComparison.Ordinal);
    }
}
