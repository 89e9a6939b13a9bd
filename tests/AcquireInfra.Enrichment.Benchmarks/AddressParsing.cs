using System.Net;
using AcquireInfra.Enrichment.Addressing;
using BenchmarkDotNet.Attributes;

namespace AcquireInfra.Enrichment.Benchmarks;

/// <summary>UTF-8 text to address, in nanoseconds a text, against the scalar twin and IPAddress.</summary>
public class AddressParsing
{
    byte[][] _ipv4 = [];
    byte[][] _ipv6 = [];

    [GlobalSetup]
    public void Setup()
    {
        _ipv4 = BenchmarkData.Texts(Mix.InTable, isIPv6: false);
        _ipv6 = BenchmarkData.Texts(Mix.InTable, isIPv6: true);
        if (_ipv4.Concat(_ipv6).Any(text => !Address.TryParse(text, out _)))
        {
            throw new InvalidOperationException("A text was refused: the early exit would be timed.");
        }
    }

    [Benchmark(OperationsPerInvoke = BenchmarkData.Queries)]
    public ulong IPv4()
    {
        var sum = 0UL;
        foreach (var text in _ipv4)
        {
            sum += AddressParser.TryParse(text, out var address, out _) ? address.Low : 0;
        }
        return sum;
    }

    [Benchmark(OperationsPerInvoke = BenchmarkData.Queries)]
    public ulong IPv4_ScalarTwin()
    {
        var sum = 0UL;
        foreach (var text in _ipv4)
        {
            IPv4Text.Parse(text, out var address);
            sum += address;
        }
        return sum;
    }

    [Benchmark(OperationsPerInvoke = BenchmarkData.Queries)]
    public int IPv4_IPAddress()
    {
        var count = 0;
        foreach (var text in _ipv4)
        {
            count += IPAddress.TryParse(text, out _) ? 1 : 0;
        }
        return count;
    }

    [Benchmark(OperationsPerInvoke = BenchmarkData.Queries)]
    public ulong IPv6()
    {
        var sum = 0UL;
        foreach (var text in _ipv6)
        {
            sum += AddressParser.TryParse(text, out var address, out _) ? address.High : 0;
        }
        return sum;
    }

    [Benchmark(OperationsPerInvoke = BenchmarkData.Queries)]
    public int IPv6_IPAddress()
    {
        var count = 0;
        foreach (var text in _ipv6)
        {
            count += IPAddress.TryParse(text, out _) ? 1 : 0;
        }
        return count;
    }
}
