using System.Net;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Verdicts;
using BenchmarkDotNet.Attributes;
using MaxMind.Db;

namespace AcquireInfra.Enrichment.Benchmarks;

/// <summary>An IPv4 look-up in the bundled snapshot, in nanoseconds, against MaxMind.Db and IPNetwork2 on the same tables and queries.</summary>
public class FindIPv4
{
    Address[] _addresses = [];
    uint[] _numbers = [];
    uint[] _profiles = [];
    IPAddress[] _ipAddresses = [];
    IPNetwork2[] _networks = [];

    [Params(Mix.Random, Mix.InTable, Mix.SignIn)]
    public Mix Mix { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _addresses = BenchmarkData.Addresses(Mix, isIPv6: false);
        _numbers = [.. _addresses.Select(address => address.IPv4)];
        _profiles = new uint[_addresses.Length];
        _ipAddresses = [.. _addresses.Select(address => address.ToIPAddress())];
        _networks = [.. _addresses.Take(10_000).Select(address => IPNetwork2.Parse($"{address}/24"))];
        var found = _addresses.Count(address => BenchmarkData.Snapshot.Find(address) != 0);
        // Addresses that all miss time the early exit and report a fine, empty number.
        if (Mix != Mix.Random && found != _addresses.Length)
        {
            throw new InvalidOperationException("A query of the table is not found in it.");
        }
    }

    [Benchmark(OperationsPerInvoke = BenchmarkData.Queries)]
    public uint Find_EachWaitsForTheOneBefore()
    {
        var (zero, previous) = (BenchmarkData.Zero, 0u);
        foreach (var address in _addresses)
        {
            previous = BenchmarkData.Snapshot.Find(Address.FromIPv4(address.IPv4 ^ (previous & zero)));
        }
        return previous;
    }

    [Benchmark(OperationsPerInvoke = BenchmarkData.Queries)]
    public uint Find_Loop()
    {
        var sum = 0u;
        foreach (var address in _addresses)
        {
            sum += BenchmarkData.Snapshot.Find(address);
        }
        return sum;
    }

    [Benchmark(OperationsPerInvoke = BenchmarkData.Queries)]
    public uint Find_Batch()
    {
        for (var at = 0; at < _numbers.Length; at += 1_024)
        {
            BenchmarkData.Snapshot.Find(_numbers.AsSpan(at, 1_024), _profiles.AsSpan(at));
        }
        return _profiles[^1];
    }

    [Benchmark(OperationsPerInvoke = BenchmarkData.Queries)]
    public int FindAndJudge()
    {
        var sum = 0;
        foreach (var address in _addresses)
        {
            sum += BenchmarkData.Judge.VerdictOf(address).Score;
        }
        return sum;
    }

    /// <summary>The whole answer with evidence, points and reason, as one REST look-up needs it, before it becomes JSON.</summary>
    [Benchmark(OperationsPerInvoke = BenchmarkData.Queries)]
    public int FindAndExplain()
    {
        var sum = 0;
        foreach (var address in _addresses)
        {
            sum += BenchmarkData.Judge.Explain(address).Points.Count;
        }
        return sum;
    }

    [Benchmark(OperationsPerInvoke = BenchmarkData.Queries)]
    public long MaxMindDb_Find()
    {
        var sum = 0L;
        foreach (var address in _ipAddresses)
        {
            sum += BenchmarkData.Reader.Find<AsnRecord>(address)?.Number ?? 0;
        }
        return sum;
    }

    /// <summary>A linear scan over 10,000 prefixes: what a list of them costs without an index.</summary>
    [Benchmark(OperationsPerInvoke = 16)]
    public int IPNetwork2_LinearScanOf10000()
    {
        var found = 0;
        for (var at = 0; at < 16; at++)
        {
            foreach (var network in _networks)
            {
                found += network.Contains(_ipAddresses[at]) ? 1 : 0;
            }
        }
        return found;
    }
}

/// <summary>The record as MaxMind.Db likes it best.</summary>
[method: Constructor]
internal sealed class AsnRecord(
    [MapKey("autonomous_system_number")] long number, [MapKey("autonomous_system_organization")] string organization)
{
    public long Number { get; } = number;

    public string Organization { get; } = organization;
}
