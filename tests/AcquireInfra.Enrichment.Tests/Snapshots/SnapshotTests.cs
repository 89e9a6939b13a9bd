using System.Buffers.Binary;
using System.Security.Cryptography;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Tests.Lookup;
using AcquireInfra.Enrichment.Tests.Verdicts;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Tests.Snapshots;

public sealed class SnapshotTests
{
    static byte[] Sample { get; } = TestSources.Compile(
        TestSources.AsnTable("192.0.2.0,192.0.2.255,64500,Example\n2001:db8::,2001:db8:0:ffff:ffff:ffff:ffff:ffff,64501,Example Six\n"),
        TestSources.Roles("64500,hosting,Example,certain,\n"),
        TestSources.Prefixes("vpns", "vpn", string.Join('\n', RandomPrefixes.Distinct(new Random(3), 200, isIPv6: false))),
        TestSources.Prefixes("relays", "relay", string.Join('\n', RandomPrefixes.Distinct(new Random(4), 200, isIPv6: true))));

    [Fact]
    public void Open_Sample_IsNamedByItsHashAndListsItsSources()
    {
        using var file = new TemporaryFile(Sample);
        var snapshot = Snapshot.Open(file.Path);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Sample.AsSpan(0, Sample.Length - 32)))[..32], snapshot.Id);
        Assert.Equal(["asn-roles", "asn-table", "relays", "vpns"], snapshot.Sources.Select(source => source.Id));
        Assert.Equal(TestSources.Day, snapshot.DataAsOf);
    }

    [Fact]
    public void Open_ThreeThousandMutations_AllRefused()
    {
        var random = new Random(20261124);
        for (var round = 0; round < 3_000; round++)
        {
            var damaged = (byte[])Sample.Clone();
            switch (round % 3)
            {
                case 0:
                    damaged = damaged[..random.Next(damaged.Length)];
                    break;
                case 1:
                    damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
                    break;
                default:
                    var start = random.Next(damaged.Length);
                    damaged.AsSpan(start, Math.Min(random.Next(1, 513), damaged.Length - start)).Clear();
                    break;
            }
            if (damaged.AsSpan().SequenceEqual(Sample))
            {
                continue; // zeroed where zeros were
            }
            using var file = new TemporaryFile(damaged);
            Assert.Throws<SnapshotException>(() => Snapshot.Open(file.Path));
        }
    }

    // The same with a hash that fits, as a hostile or buggy compiler would write it: refused, or every look-up is in bounds and ends.
    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public void Open_MutatedAndHashedAnew_RefusedOrSound(int seed)
    {
        var random = new Random(seed);
        var (refused, opened) = (0, 0);
        for (var round = 0; round < 250; round++)
        {
            var hostile = (byte[])Sample.Clone();
            for (var change = 0; change <= random.Next(3); change++)
            {
                MutateWord(hostile, random);
            }
            SHA256.HashData(hostile.AsSpan(0, hostile.Length - 32), hostile.AsSpan(hostile.Length - 32));
            using var file = new TemporaryFile(hostile);
            try
            {
                Probe(Snapshot.Open(file.Path), random);
                opened++;
            }
            catch (SnapshotException)
            {
                refused++;
            }
        }
        Assert.True(refused > 100, $"{refused} refused, {opened} opened: the verifier lets too much pass");
    }

    // Aims at the sections: a change in the 3 MB of bits that are all alike would seldom mean anything.
    static void MutateWord(byte[] file, Random random)
    {
        var section = random.Next(SnapshotLayout.SectionCount);
        var row = SnapshotLayout.HeaderBytes + SnapshotLayout.SectionBytes * section;
        var offset = (int)BinaryPrimitives.ReadUInt64LittleEndian(Sample.AsSpan(row + 8));
        var count = (int)BinaryPrimitives.ReadUInt64LittleEndian(Sample.AsSpan(row + 16));
        var bytes = count * SnapshotLayout.ElementBytes[section];
        if (random.Next(10) == 0 || bytes < 4)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(row + random.Next(20)), (uint)random.NextInt64(1L << 32));
            return;
        }
        var at = offset + random.Next(bytes - 3);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at), random.Next(3) switch
        {
            0 => (uint)random.NextInt64(1L << 32),
            1 => (uint)random.Next(100),
            _ => BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at)) ^ 1u << random.Next(32),
        });
    }

    static void Probe(Snapshot snapshot, Random random)
    {
        var judge = new Judge(snapshot, TestPolicy.Bundled, TestSources.Day, remember: false);
        for (var probe = 0; probe < 200; probe++)
        {
            var address = RandomPrefixes.RandomAddress(random, probe % 2 == 0);
            _ = judge.Explain(address).Reason;
            var profile = snapshot.ProfileAt(snapshot.Find(address));
            _ = snapshot.AsnOf(profile)?.Name.Length;
            foreach (var claim in snapshot.ClaimsOf(profile.Word).OnPrefixes)
            {
                _ = snapshot.Text(snapshot.ClaimAt(claim).Provider);
            }
        }
        GC.KeepAlive(snapshot);
    }

    [Theory]
    [InlineData("")]
    [InlineData("AIESNAP\n")]
    [InlineData("<!DOCTYPE html><title>502</title>")]
    public void Open_ForeignFile_Refused(string content)
    {
        using var file = new TemporaryFile(System.Text.Encoding.ASCII.GetBytes(content));
        Assert.Throws<SnapshotException>(() => Snapshot.Open(file.Path));
    }

    [Fact]
    public void Open_OtherFormatVersion_SaysSo()
    {
        var newer = (byte[])Sample.Clone();
        newer[8] = 2;
        SHA256.HashData(newer.AsSpan(0, newer.Length - 32), newer.AsSpan(newer.Length - 32));
        using var file = new TemporaryFile(newer);
        var refusal = Assert.Throws<SnapshotException>(() => Snapshot.Open(file.Path));
        Assert.Contains("format version is 2, and this program reads 1", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_FileDeletedAfterOpening_StillAnswers()
    {
        var file = new TemporaryFile(Sample);
        var snapshot = Snapshot.Open(file.Path);
        file.Dispose();
        Assert.Equal(64500u, snapshot.AsnOf(snapshot.ProfileAt(snapshot.Find(Address.Parse("192.0.2.1"))))?.Asn.Number);
    }

    // As a download reads it: slowly, while the file goes and nobody else holds the snapshot.
    [Fact]
    public void OpenRead_FileDeletedAndSnapshotDropped_GivesEveryByte()
    {
        var file = new TemporaryFile(Sample);
        using var content = OpenContent(file.Path);
        file.Dispose();
        var copy = new MemoryStream();
        var buffer = new byte[7_777];
        for (int read, round = 0; (read = content.Read(buffer)) > 0; round++)
        {
            copy.Write(buffer, 0, read);
            if (round % 50 == 0)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }
        Assert.Equal(Sample, copy.ToArray());
        Assert.Equal(Sample.Length, content.Length); // and not the page's end
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    static Stream OpenContent(string path) => Snapshot.Open(path).OpenRead();

    [Fact]
    public void Open_GoodAndBadManyTimes_LeavesNoMapping()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }
        using var good = new TemporaryFile(Sample);
        var damaged = (byte[])Sample.Clone();
        damaged[^1] ^= 1;
        using var bad = new TemporaryFile(damaged);
        for (var round = 0; round < 50; round++)
        {
            OpenAndDrop(good.Path);
            Assert.Throws<SnapshotException>(() => Snapshot.Open(bad.Path));
        }
        for (var collection = 0; collection < 3; collection++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        var maps = File.ReadLines("/proc/self/maps").Count(line => line.Contains(good.Path, StringComparison.Ordinal) || line.Contains(bad.Path, StringComparison.Ordinal));
        Assert.True(maps <= 1, $"{maps} mappings left of 100"); // the last frame may still hold one
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    static void OpenAndDrop(string path) => Assert.NotEqual(0, Snapshot.Open(path).FileBytes);
}
