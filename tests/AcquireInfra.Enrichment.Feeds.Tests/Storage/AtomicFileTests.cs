using AcquireInfra.Enrichment.Feeds.Storage;

namespace AcquireInfra.Enrichment.Feeds.Tests.Storage;

public sealed class AtomicFileTests
{
    [Fact]
    public void Write_OverAFile_ReplacesItWhole()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("target", "old");
        AtomicFile.Write(path, stream => stream.Write("new"u8));
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Write_WriterThrows_LeavesTheOldFileAndNoOther()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("target", "old");
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write("half"u8);
            throw new InvalidOperationException();
        }));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Write_VerifierRefuses_LeavesTheOldFileAndNoOther()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("target", "old");
        Assert.Throws<InvalidDataException>(() => AtomicFile.Write(path, stream => stream.Write("new"u8), verify: temporary =>
        {
            Assert.Equal("new", File.ReadAllText(temporary));                                  // what is verified is what would be renamed
            Assert.Equal(folder.Path, Path.GetDirectoryName(temporary));                       // and it lies in the same folder
            throw new InvalidDataException();
        }));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Write_FolderMissing_ThrowsIOException()
    {
        using var folder = new TemporaryFolder();
        Assert.ThrowsAny<IOException>(() => AtomicFile.Write(Path.Combine(folder.Path, "missing", "target"), stream => stream.Write("new"u8)));
    }
}
