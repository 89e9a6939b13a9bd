using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace AcquireInfra.Enrichment.Service.Tests.Hosting;

/// <summary>The service as a process. Every wait is bounded, and none outlives its test.</summary>
internal sealed class ServiceProcess : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly Process _process;
    readonly Ports _ports;
    readonly ConcurrentQueue<string> _errors = [];
    readonly ConcurrentQueue<string> _output = [];

    ServiceProcess(ProcessStartInfo start, Ports ports)
    {
        _ports = ports;
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        _process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    /// <summary>What it wrote to stderr.</summary>
    public IReadOnlyCollection<string> ErrorLines => _errors;

    /// <summary>What it wrote to stdout: the log.</summary>
    public IReadOnlyCollection<string> OutputLines => _output;

    public Ports Ports => _ports;

    /// <summary>Open files, sockets and pipes; Linux only.</summary>
    public int HandleCount => Directory.GetFileSystemEntries($"/proc/{_process.Id}/fd").Length;

    /// <summary>Starts it in the folder, with its state in the folder's "state".</summary>
    public static ServiceProcess Start(TemporaryFolder folder, params string[] options) => Start(folder, trustedRoots: null, options);

    /// <param name="trustedRoots">PEM file of the certificate authorities that it trusts; null for the system's.</param>
    public static ServiceProcess Start(TemporaryFolder folder, string? trustedRoots, string[] options)
    {
        var ports = Ports.Free();
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = folder.Path,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        if (trustedRoots is not null)
        {
            start.Environment["SSL_CERT_FILE"] = trustedRoots;
        }
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "AcquireInfra.Enrichment.Service.dll"));
        foreach (var option in (string[])[.. ports.Options, "--Enrichment:Refresh:Enabled=false", $"--Enrichment:StateFolder={folder["state"]}", .. options])
        {
            start.ArgumentList.Add(option);
        }
        return new(start, ports);
    }

    public async Task<int> ExitCodeAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public async Task<HttpClient> ClientWhenListeningAsync()
    {
        var client = new HttpClient { BaseAddress = new($"http://127.0.0.1:{_ports.Rest}"), Timeout = TimeSpan.FromSeconds(10) };
        for (var began = Stopwatch.GetTimestamp(); ; await Task.Delay(50, TestContext.Current.CancellationToken))
        {
            try
            {
                await client.FetchAsync("/health/live");
                return client;
            }
            catch (HttpRequestException) when (Stopwatch.GetElapsedTime(began) < Patience && !_process.HasExited)
            {
                // not yet
            }
        }
    }

    public async Task<HttpClient> ClientWhenReadyAsync()
    {
        var client = await ClientWhenListeningAsync();
        for (var began = Stopwatch.GetTimestamp(); (await client.FetchAsync("/health/ready")).Status != 200;)
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, "it is not ready");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
        return client;
    }

    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        Assert.True(kill.WaitForExit(TimeSpan.FromSeconds(10)));
    }

    /// <summary>SIGKILL: nothing is finished.</summary>
    public async Task KillAsync()
    {
        Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    /// <summary>SIGKILL, without waiting for the end.</summary>
    public void Kill() => _process.Kill();

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit(TimeSpan.FromSeconds(10));
        }
        _process.Dispose();
    }

    static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null)
        {
            lines.Enqueue(line);
        }
    }
}
