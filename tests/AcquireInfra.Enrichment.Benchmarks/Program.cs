using System.Globalization;
using AcquireInfra.Enrichment.Benchmarks;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

// lpm DATADIR REPS       the look-up alone, beside other programs on the same tables
// --life-signs           every benchmark once, untimed: that they run and time the right path
// otherwise              BenchmarkDotNet's own arguments, e.g. --filter '*Find*'
if (args is ["lpm", var folder, var repetitions])
{
    return LpmProtocol.Run(folder, int.Parse(repetitions, CultureInfo.InvariantCulture));
}
var isLifeSigns = args is ["--life-signs"];
// In process: the host is the program under test, and a closed network has nothing to restore a generated one from.
var job = (isLifeSigns ? Job.Dry : Job.Default.WithWarmupCount(5).WithIterationCount(11)).WithToolchain(InProcessEmitToolchain.Instance);
var config = ManualConfig.CreateEmpty()
    .AddJob(job)
    .AddDiagnoser(MemoryDiagnoser.Default)
    .AddColumnProvider(DefaultColumnProviders.Instance)
    .AddExporter(MarkdownExporter.Default)
    .AddLogger(isLifeSigns ? NullLogger.Instance : ConsoleLogger.Default)
    .WithOptions(ConfigOptions.JoinSummary);
var summaries = BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(isLifeSigns ? ["--filter", "*"] : args, config).ToList();
var failed = summaries.SelectMany(summary => summary.Reports).Count(report => !report.Success);
var ran = summaries.Sum(summary => summary.Reports.Length);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{ran} benchmarks ran, {failed} failed"));
return failed > 0 || ran == 0 ? 1 : 0;
