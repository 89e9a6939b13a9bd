using System.Globalization;
using AcquireInfra.Enrichment.Benchmarks;
using BenchmarkDotNet.Running;

if (args is ["lpm", var folder, var repetitions])
{
    return LpmProtocol.Run(folder, int.Parse(repetitions, CultureInfo.InvariantCulture));
}
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
