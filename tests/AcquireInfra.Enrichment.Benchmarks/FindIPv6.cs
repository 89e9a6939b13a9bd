using System.Net;
using AcquireInfra.Enrichment.Addressing;
using BenchmarkDotNet.Attributes;

namespace AcquireInfra.Enrichment.Benchmarks;

/// <summary>An IPv6 look-up in the bundled snapshot, in nanoseconds, every range equally often.</summary>
public class FindIPv6
{
    Address[] _addresses = [];
    uint[] _profiles = [];
    IPAddress[] _ipAddresses = [];

    [GlobalSetup]
    public void Setup()
    {
        _addresses = BenchmarkData.Addresses(Mix.InTable, isIPv6: true);
        _profiles = new uint[_addresses.Length];
        _ipAddresses = [.. _addresses.Select(address => address.ToIPAddress())];
        if (_addresses.Any(address => BenchmarkData.Snapshot.Find(address) == 0))
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
            previous = BenchmarkData.Snapshot.Find(new Address(address.High ^ (previous & zero), address.Low));
        }
        return previous;
    }

    [Benchmark(OperationsPerInvoke = BenchmarkData.Queries)]
    public uint Find_Batch()
    {
        for (var at = 0; at < _addresses.Length; at += 1_024)
        {
            BenchmarkData.Snapshot.Find(_addresses.AsSpan(at, 1_024), _profiles.AsSpan(at));
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
}
