using System.Text;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Storage;
using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;
using MaxMind.Db;

namespace AcquireInfra.Enrichment.Benchmarks;

/// <summary>Who asks for what: the shape of traffic decides which memory is warm.</summary>
public enum Mix
{
    /// <summary>Any 32 bits: half of them are announced by nobody.</summary>
    Random,

    /// <summary>A range of the table, then an address in it: every range equally often, the worst case for caches.</summary>
    InTable,

    /// <summary>Sign-ins: 512 hot addresses, Zipf with exponent 1, carry 90 %; the others are anywhere in the table.</summary>
    SignIn,
}

/// <summary>The bundled tables, compiled once a run, and seeded queries on them.</summary>
internal static class BenchmarkData
{
    public const int Queries = 1 << 16;

    /// <summary>0, which the compiler must not know: makes a look-up wait for the one before.</summary>
    public static uint Zero => uint.Parse("0", System.Globalization.CultureInfo.InvariantCulture);

    static readonly Lazy<(Snapshot Snapshot, Judge Judge, FeedContent Table)> Bundled = new(Load);

    public static Snapshot Snapshot => Bundled.Value.Snapshot;

    public static Judge Judge => Bundled.Value.Judge;

    /// <summary>MaxMind's reader on the database that the snapshot was compiled from, memory-mapped.</summary>
    public static Reader Reader { get; } = new(Path.Combine(DataFolder.DefaultPath, "asn.mmdb"), FileAccessMode.MemoryMapped);

    public static Address[] Addresses(Mix mix, bool isIPv6)
    {
        var random = new Random(20261124);
        var networks = new List<Prefix>();
        foreach (var entry in Bundled.Value.Table.Entries)
        {
            if (entry.Prefix.IsIPv4 != isIPv6)
            {
                networks.Add(entry.Prefix);
            }
        }
        var hot = Enumerable.Range(0, 512).Select(_ => InTable(random, networks)).ToArray();
        var zipf = Cumulative(hot.Length);
        return [.. Enumerable.Range(0, Queries).Select(_ => mix switch
        {
            Mix.Random => Address.FromIPv4((uint)random.NextInt64(1L << 32)),
            Mix.SignIn when random.Next(10) > 0 => hot[~Array.BinarySearch(zipf, random.NextDouble() * zipf[^1]) is var at and >= 0 ? at : 0],
            _ => InTable(random, networks),
        })];
    }

    public static byte[][] Texts(Mix mix, bool isIPv6) => [.. Addresses(mix, isIPv6).Select(address => Encoding.ASCII.GetBytes(address.ToString()))];

    static Address InTable(Random random, List<Prefix> networks)
    {
        var network = networks[random.Next(networks.Count)];
        var size = network.Last.Value - network.First.Value;
        var offset = new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64());
        return Address.FromUInt128(network.First.Value + (size == UInt128.MaxValue ? offset : offset % (size + 1)));
    }

    static double[] Cumulative(int count)
    {
        var sums = new double[count];
        for (var at = 0; at < count; at++)
        {
            sums[at] = (at == 0 ? 0 : sums[at - 1]) + 1.0 / (at + 1);
        }
        return sums;
    }

    static (Snapshot, Judge, FeedContent) Load()
    {
        var folder = Directory.CreateTempSubdirectory("enrichment-benchmarks-").FullName;
        try
        {
            var data = new DataFolder(DataFolder.DefaultPath);
            var (sources, _) = data.LocateSources(furtherManifest: null);
            var loaded = SourceLoader.Load(sources, FeedLimits.Default, folder, TimeProvider.System.GetUtcNow());
            var snapshot = SnapshotFile.Write(loaded.Sources, Path.Combine(folder, "bundled.snapshot"));
            var table = loaded.Sources.Single(source => source.Info.Kind == SourceKind.AsnTable).Contents[0];
            return (snapshot, new Judge(snapshot, data.ReadPolicy(), snapshot.DataAsOf), table);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
