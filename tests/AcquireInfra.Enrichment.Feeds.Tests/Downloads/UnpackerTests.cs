using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using AcquireInfra.Enrichment.Feeds.Downloads;

namespace AcquireInfra.Enrichment.Feeds.Tests.Downloads;

public sealed class UnpackerTests : IDisposable
{
    static readonly byte[] List = Encoding.ASCII.GetBytes("9.1.1.1\n9.1.1.2\n");
    static readonly FetchLimits Small = new() { MaxUnpackedBytes = 8 << 20, MaxMembers = 100 };

    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Unpack_PlainFile_IsItself() => Assert.Equal(List, Unpack(List));

    [Fact]
    public void Unpack_Gzip_IsUnpackedOnce()
    {
        Assert.Equal(List, Unpack(Gzip(List)));
        Assert.Equal(Gzip(List), Unpack(Gzip(Gzip(List)))); // what is packed twice no parser reads
    }

    [Fact]
    public void Unpack_Archive_TakesTheMember()
    {
        Assert.Equal(List, Unpack(Gzip(Tar(("GeoLite2-ASN_20261124/README.txt", "no"u8.ToArray()), ("GeoLite2-ASN_20261124/GeoLite2-ASN.mmdb", List))), "GeoLite2-ASN.mmdb"));
        Assert.Equal(List, Unpack(Tar(("only.txt", List))));
        Assert.Equal(List, Unpack(Zip(("a/list-2026.csv", List), ("a/", []), ("b.md", [1])), "list-*.csv"));
        Assert.Equal(List, Unpack(Zip(("only.txt", List))));
    }

    [Theory, InlineData("*.mmdb"), InlineData("b*"), InlineData("A.txt"), InlineData(null)]
    public void Unpack_NoneOrSeveralMembersFit_IsRefused(string? member)
    {
        Assert.Throws<FetchException>(() => Unpack(Zip(("a.txt", List), ("c.txt", List)), member));
        Assert.Throws<FetchException>(() => Unpack(Tar(("a.txt", List), ("c.txt", List)), member));
    }

    [Theory]
    [InlineData("../../etc/cron.d/x")]
    [InlineData("a/../../x")]
    [InlineData("/etc/passwd")]
    [InlineData("..\\..\\x")]
    [InlineData("C:\\x")]
    public void Unpack_MemberThatLeadsOut_RefusesTheArchive(string name)
    {
        Assert.Throws<InvalidDataException>(() => Unpack(Zip((name, List), ("list.txt", List)), "list.txt"));
        Assert.Throws<InvalidDataException>(() => Unpack(Tar((name, List), ("list.txt", List)), "list.txt"));
        Assert.Single(Directory.GetFiles(_folder.Path)); // what was published, and nothing else anywhere
    }

    [Theory, InlineData(TarEntryType.SymbolicLink), InlineData(TarEntryType.HardLink), InlineData(TarEntryType.Fifo), InlineData(TarEntryType.CharacterDevice)]
    public void Unpack_TarOfOtherThanFiles_IsRefused(TarEntryType kind)
    {
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, TarEntryFormat.Pax, leaveOpen: true))
        {
            var entry = new PaxTarEntry(kind, "list.txt");
            if (kind is TarEntryType.SymbolicLink or TarEntryType.HardLink)
            {
                entry.LinkName = "/etc/passwd";
            }
            tar.WriteEntry(entry);
        }
        Assert.Throws<InvalidDataException>(() => Unpack(bytes.ToArray()));
    }

    [Fact]
    public void Unpack_ZipWithALink_IsRefused()
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            var entry = zip.CreateEntry("list.txt");
            entry.ExternalAttributes = unchecked((int)0xA1FF0000);
            using var content = entry.Open();
            content.Write("/etc/passwd"u8);
        }
        Assert.Throws<InvalidDataException>(() => Unpack(bytes.ToArray()));
    }

    // 1 GiB of nothing in a megabyte: stopped at the cap, and long before all of it is written.
    [Theory, InlineData("gzip"), InlineData("tar.gz"), InlineData("zip")]
    public void Unpack_Bomb_StopsAtTheCap(string kind)
    {
        var zeros = new byte[64 << 20];
        var bomb = kind switch { "gzip" => Gzip(zeros), "tar.gz" => Gzip(Tar(("list.txt", zeros))), _ => Zip(("list.txt", zeros)) };
        Assert.True(bomb.Length < 1 << 20);
        Assert.Equal(FetchFault.TooLarge, Assert.Throws<FetchException>(() => Unpack(bomb)).Fault);
        Assert.Equal(FetchFault.TooLarge, Assert.Throws<FetchException>(() => Unpack(bomb, limits: Small with { MaxRatio = 5_000 })).Fault);
        Assert.Equal(zeros.Length, Unpack(bomb, limits: new() { MaxRatio = 5_000, MaxUnpackedBytes = 65 << 20 }).Length);
    }

    [Fact]
    public void Unpack_TooManyMembers_IsRefused()
    {
        var members = Enumerable.Range(0, 101).Select(at => ($"{at}.txt", List)).ToArray();
        Assert.Throws<InvalidDataException>(() => Unpack(Zip(members), "7.txt"));
        Assert.Throws<InvalidDataException>(() => Unpack(Tar(members), "7.txt"));
        Assert.Equal(List, Unpack(Zip(members[..100]), "7.txt"));
    }

    // A directory that says it has one member, and one that says it is elsewhere.
    [Theory, InlineData(10, 1), InlineData(16, 0)]
    public void Unpack_ZipThatLies_IsRefused(int offsetInEnd, int value)
    {
        var zip = Zip([.. Enumerable.Range(0, 5).Select(at => ($"{at}.txt", List))]);
        BinaryPrimitives.WriteUInt16LittleEndian(zip.AsSpan(zip.Length - 22 + offsetInEnd), (ushort)value);
        Assert.ThrowsAny<InvalidDataException>(() => Unpack(zip, "0.txt"));
    }

    // Cut anywhere, or with any byte flipped: refused, or the same bytes; never others.
    [Theory, InlineData("gzip"), InlineData("tar.gz"), InlineData("zip")]
    public void Unpack_DamagedArchive_IsRefusedOrTheSame(string kind)
    {
        var good = kind switch { "gzip" => Gzip(List), "tar.gz" => Gzip(Tar(("list.txt", List))), _ => Zip(("list.txt", List)) };
        var refused = 0;
        for (var at = 2; at < good.Length; at++)
        {
            var flipped = (byte[])good.Clone();
            flipped[at] ^= 0x10;
            foreach (var damaged in new[] { good[..at], flipped })
            {
                try
                {
                    var unpacked = Unpack(damaged, "list.txt");
                    Assert.True(unpacked.SequenceEqual(List) || unpacked.SequenceEqual(damaged), $"byte {at} of a {kind}");
                }
                catch (Exception exception) when (exception is InvalidDataException or FetchException or EndOfStreamException)
                {
                    refused++;
                }
            }
        }
        Assert.True(refused > good.Length, $"only {refused} of {2 * good.Length} refused");
    }

    byte[] Unpack(byte[] published, string? member = null, FetchLimits? limits = null)
    {
        var path = Path.Combine(_folder.Path, "published");
        File.WriteAllBytes(path, published);
        using var unpacked = new MemoryStream();
        new Unpacker(member, limits ?? Small).Unpack(path, Path.Combine(_folder.Path, "unzipped"), unpacked);
        return unpacked.ToArray();
    }

    internal static byte[] Gzip(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write(content);
        }
        return packed.ToArray();
    }

    static byte[] Tar(params (string Name, byte[] Content)[] members)
    {
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var (name, content) in members)
            {
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
            }
        }
        return bytes.ToArray();
    }

    static byte[] Zip(params (string Name, byte[] Content)[] members)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in members)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(content);
            }
        }
        return bytes.ToArray();
    }
}
