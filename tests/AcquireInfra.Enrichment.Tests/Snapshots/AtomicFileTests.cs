using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Tests.Snapshots;

public sealed class AtomicFileTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("atomic-file-").FullName;

    string Target => Path.Combine(_folder, "target");

    /// <summary>The same through both doors.</summary>
    public enum Door
    {
        Sync,
        Async,
    }

    [Theory, InlineData(Door.Sync), InlineData(Door.Async)]
    public async Task Write_OverAFile_ReplacesItWhole(Door door)
    {
        File.WriteAllText(Target, "old");
        await WriteAsync(door, stream => stream.Write("new"u8));
        Assert.Equal("new", File.ReadAllText(Target));
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Theory, InlineData(Door.Sync), InlineData(Door.Async)]
    public async Task Write_WriterThrows_LeavesTheOldFileAndNoOther(Door door)
    {
        File.WriteAllText(Target, "old");
        await Assert.ThrowsAsync<InvalidOperationException>(() => WriteAsync(door, stream =>
        {
            stream.Write("half"u8);
            throw new InvalidOperationException();
        }));
        Assert.Equal("old", File.ReadAllText(Target));
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Theory, InlineData(Door.Sync), InlineData(Door.Async)]
    public async Task Write_VerifierRefuses_LeavesTheOldFileAndNoOther(Door door)
    {
        File.WriteAllText(Target, "old");
        await Assert.ThrowsAsync<InvalidDataException>(() => WriteAsync(door, stream => stream.Write("new"u8), verify: temporary =>
        {
            Assert.Equal("new", File.ReadAllText(temporary));             // what is verified is what would be renamed
            Assert.Equal(_folder, Path.GetDirectoryName(temporary));      // and it lies in the same folder
            throw new InvalidDataException();
        }));
        Assert.Equal("old", File.ReadAllText(Target));
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Theory, InlineData(Door.Sync), InlineData(Door.Async)]
    public async Task Write_FolderMissing_ThrowsIOException(Door door)
    {
        Directory.Delete(_folder);
        await Assert.ThrowsAnyAsync<IOException>(() => WriteAsync(door, stream => stream.Write("new"u8)));
        Directory.CreateDirectory(_folder);
    }

    [Fact]
    public void RemoveAbandoned_OldTemporaryFiles_AreGoneAndNothingElse()
    {
        var now = DateTimeOffset.Parse("2026-11-24T12:00:00Z", System.Globalization.CultureInfo.InvariantCulture);
        foreach (var (name, age) in (ReadOnlySpan<(string, int)>)[(".a-1.tmp", 61), (".a-2.tmp", 59), ("a.tmp", 90), ("a", 90)])
        {
            var path = Path.Combine(_folder, name);
            File.WriteAllText(path, "");
            File.SetLastWriteTimeUtc(path, now.AddMinutes(-age).UtcDateTime);
        }
        AtomicFile.RemoveAbandoned(_folder, now.AddHours(-1));
        Assert.Equal([".a-2.tmp", "a", "a.tmp"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    Task WriteAsync(Door door, Action<Stream> write, Action<string>? verify = null)
    {
        if (door == Door.Async)
        {
            return AtomicFile.WriteAsync(Target, stream => Task.Run(() => write(stream)), verify);
        }
        return Task.Run(() => AtomicFile.Write(Target, write, verify));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
