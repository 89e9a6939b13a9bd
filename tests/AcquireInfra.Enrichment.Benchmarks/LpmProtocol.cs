using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Compilation;
using AcquireInfra.Enrichment.Lookup;
using AcquireInfra.Enrichment.Tests.Lookup;

namespace AcquireInfra.Enrichment.Benchmarks;

/// <summary>
/// <c>lpm DATADIR REPS</c>: times the trie over prepared tables and queries beside other programs, one line a mix.
/// <code>
/// t4.bin  {u32 first, u32 last, u32 record} little endian    q4_rand.bin q4_in.bin q4_zipf.bin  u32 little endian
/// t6.bin  {u8[16] first, u8[16] last, u32 record}            q6_in.bin                          u8[16]
/// </code>
/// Times are this thread's CPU time, medians of REPS passes: <c>lat</c> makes each look-up wait for the one before, <c>tput</c>
/// is a plain loop, <c>batch</c> the batch call in blocks of 1,024. <c>sum</c> adds up the records found.
/// </summary>
internal static unsafe partial class LpmProtocol
{
    const int BlockLength = 1_024;

    static volatile uint _zero;

    public static int Run(string folder, int repetitions)
    {
        var (starts4, labels4) = Segments(Path.Combine(folder, "t4.bin"), addressBytes: 4);
        var (starts6, labels6) = Segments(Path.Combine(folder, "t6.bin"), addressBytes: 16);
        var builds = new List<double>();
        TrieArrays arrays4 = null!, arrays6 = null!;
        for (var pass = 0; pass < 5; pass++)
        {
            var began = Stopwatch.GetTimestamp();
            arrays4 = TrieBuilder.BuildIPv4(starts4, labels4);
            arrays6 = TrieBuilder.BuildIPv6(starts6, labels6);
            builds.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        using var trie4 = new PinnedTrie(arrays4);
        using var trie6 = new PinnedTrie(arrays6);
        Print($"build|project|ms={Median(builds):F1}|MB={(trie4.Bytes + trie6.Bytes) / 1048576.0:F2}");
        foreach (var mix in (string[])["rand", "in", "zipf"])
        {
            var queries = MemoryMarshal.Cast<byte, uint>(File.ReadAllBytes(Path.Combine(folder, $"q4_{mix}.bin"))).ToArray();
            Report(mix, repetitions, queries.Length, () => Dependent(trie4.Trie, queries), () => Plain(trie4.Trie, queries), labels =>
            {
                for (var at = 0; at < queries.Length; at += BlockLength)
                {
                    trie4.Trie.FindIPv4(queries.AsSpan(at, Math.Min(BlockLength, queries.Length - at)), labels.AsSpan(at));
                }
            });
        }
        var queries6 = File.ReadAllBytes(Path.Combine(folder, "q6_in.bin")).Chunk(16).Select(octets => Address.FromBytes(octets)).ToArray();
        Report("in6", repetitions, queries6.Length, () => Dependent(trie6.Trie, queries6), () => Plain(trie6.Trie, queries6), labels =>
        {
            for (var at = 0; at < queries6.Length; at += BlockLength)
            {
                trie6.Trie.FindIPv6(queries6.AsSpan(at, Math.Min(BlockLength, queries6.Length - at)), labels.AsSpan(at));
            }
        });
        return 0;
    }

    static void Report(string mix, int repetitions, int count, Action dependent, Func<ulong> plain, Action<uint[]> batch)
    {
        var (latency, throughput, batches) = (new List<double>(), new List<double>(), new List<double>());
        var labels = new uint[count];
        var sum = 0UL;
        for (var pass = -3; pass < repetitions; pass++) // three passes to warm up
        {
            var times = (Time(dependent), Time(() => sum = plain()), Time(() => batch(labels)));
            if (pass >= 0)
            {
                latency.Add(times.Item1 / count);
                throughput.Add(times.Item2 / count);
                batches.Add(times.Item3 / count);
            }
        }
        var batchSum = labels.Aggregate(0UL, (total, label) => total + label);
        var differs = batchSum == sum ? "" : "|BATCH-DIFFERS";
        Print($"lpm|project|{mix}|lat_ns={Median(latency):F2}|tput_ns={Median(throughput):F2}|batch_ns={Median(batches):F2}|sum={sum}{differs}");
    }

    static void Dependent(RadixTrie trie, uint[] queries)
    {
        var (zero, previous) = (_zero, 0u);
        foreach (var query in queries)
        {
            previous = trie.FindIPv4(query ^ (previous & zero));
        }
        _zero = previous & zero;
    }

    static void Dependent(RadixTrie trie, Address[] queries)
    {
        var (zero, previous) = (_zero, 0u);
        foreach (var query in queries)
        {
            previous = trie.FindIPv6(new Address(query.High ^ (previous & zero), query.Low));
        }
        _zero = previous & zero;
    }

    static ulong Plain(RadixTrie trie, uint[] queries)
    {
        var sum = 0UL;
        foreach (var query in queries)
        {
            sum += trie.FindIPv4(query);
        }
        return sum;
    }

    static ulong Plain(RadixTrie trie, Address[] queries)
    {
        var sum = 0UL;
        foreach (var query in queries)
        {
            sum += trie.FindIPv6(query);
        }
        return sum;
    }

    static (UInt128[] Starts, uint[] Labels) Segments(string path, int addressBytes)
    {
        var (starts, labels) = (new List<UInt128>(), new List<uint>());
        UInt128 next = 0;
        foreach (var row in File.ReadAllBytes(path).Chunk(2 * addressBytes + 4))
        {
            var (first, last) = (Number(row, addressBytes), Number(row[addressBytes..], addressBytes));
            if (first != next)
            {
                starts.Add(next);
                labels.Add(0);
            }
            starts.Add(first);
            labels.Add(BitConverter.ToUInt32(row, 2 * addressBytes));
            next = last + 1;
        }
        if (next != 0 && (addressBytes == 16 || next <= uint.MaxValue))
        {
            starts.Add(next);
            labels.Add(0);
        }
        return ([.. starts], [.. labels]);
    }

    static UInt128 Number(byte[] row, int addressBytes) => addressBytes == 4 ? BitConverter.ToUInt32(row) : Address.FromBytes(row.AsSpan(0, 16)).Value;

    static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    static double Time(Action action)
    {
        var began = ThreadNanoseconds();
        action();
        return ThreadNanoseconds() - began;
    }

    static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    static long ThreadNanoseconds()
    {
        const int ThreadCpuTime = 3;
        Timespec now;
        _ = clock_gettime(ThreadCpuTime, &now);
        return now.Seconds * 1_000_000_000 + now.Nanoseconds;
    }

    [StructLayout(LayoutKind.Sequential)]
    struct Timespec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, Timespec* time);
}
