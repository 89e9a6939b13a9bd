using AcquireInfra.Enrichment.Parsing;

namespace AcquireInfra.Enrichment.Tests.Parsing;

public sealed class MmdbTreeCheckTests : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mmdb-tree-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory, InlineData(24), InlineData(28), InlineData(32)]
    public void Check_SixWaysIntoTheIPv4Tree_IsSound(int recordBits)
    {
        var builder = new MmdbBuilder(recordBits);
        for (var at = 0; at < 64; at++)
        {
            builder.Add($"192.0.2.{at * 4}/31", "x");
        }
        foreach (var alias in (string[])["::ffff:0:0/96", "2001::/32", "2002::/16", "64:ff9b::/96", "2001:db8::/96"])
        {
            builder.Alias(alias);
        }
        Check(builder, builder.Nodes.Count, recordBits, 128);
    }

    [Theory]
    [InlineData(0, 24)]
    [InlineData(-1, 24)]
    [InlineData(100_000, 24)]              // more than the file holds
    [InlineData(long.MaxValue, 24)]        // more than a number holds, in bytes
    [InlineData(1, 26)]
    [InlineData(1, 0)]
    public void Check_MetadataThatDoesNotFitTheFile_IsInvalidData(long nodeCount, int recordBits) =>
        Assert.Throws<InvalidDataException>(() => Check(new MmdbBuilder().Add("192.0.2.0/24", "x"), nodeCount, recordBits, 128));

    // 17 levels of nodes that name the next one twice have 131,072 ways; 16 levels have 65,536. Some databases share subtrees.
    [Theory, InlineData(15, true), InlineData(17, false), InlineData(128, false)]
    public void Check_SharedSubtrees_AreSoundWhileTheWalkIsShort(int levels, bool isSound)
    {
        var builder = new MmdbBuilder();
        builder.Nodes.Clear();
        for (var next = 1; next <= levels; next++)
        {
            builder.Nodes.Add(next < levels ? [next, next] : [-1, -1]);
        }
        var exception = Record.Exception(() => Check(builder, levels, 24, 128));
        Assert.Equal(isSound, exception is null);
        Assert.True(exception is null or InvalidDataException, $"{exception}");
    }

    [Theory, InlineData(32, 32, true), InlineData(33, 32, false), InlineData(128, 128, true), InlineData(129, 128, false)]
    public void Check_WayLongerThanAnAddress_IsInvalidData(int levels, int addressBits, bool isSound)
    {
        var builder = new MmdbBuilder();
        builder.Nodes.Clear();
        for (var next = 1; next <= levels; next++)
        {
            builder.Nodes.Add([next < levels ? next : -1, -1]);
        }
        var exception = Record.Exception(() => Check(builder, levels, 24, addressBits));
        Assert.Equal(isSound, exception is null);
        Assert.True(exception is null or InvalidDataException, $"{exception}");
    }

    // 28-bit records keep their highest four bits in the byte between them. Without those, or with each other's, this one leads back
    // to the root.
    [Theory, InlineData(0, 28), InlineData(1, 28), InlineData(0, 32), InlineData(1, 32)]
    public void Check_RecordAbove24Bits_IsReadWhole(int side, int recordBits)
    {
        var builder = new MmdbBuilder(recordBits);
        builder.Nodes[0][side] = 1 + 16 - 2 - (1 << 24); // written as 0x1000000
        Check(builder, 1, recordBits, 128);
    }

    void Check(MmdbBuilder builder, long nodeCount, int recordBits, int addressBits)
    {
        var path = Path.Combine(_folder.FullName, $"{Guid.NewGuid():N}.mmdb");
        File.WriteAllBytes(path, builder.ToBytes());
        MmdbTreeCheck.Check(path, nodeCount, recordBits, addressBits);
    }
}
