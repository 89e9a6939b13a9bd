using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace AcquireInfra.Enrichment.Service.Tests;

/// <summary>A real server of another project on the loopback, as its Debian package installs it; it ends with its test.</summary>
internal sealed class LoopbackServer : IDisposable
{
    readonly Func<ProcessStartInfo> _start;
    Process _process;
    bool _isOver;

    LoopbackServer(int port, Func<ProcessStartInfo> start)
    {
        (Port, _start) = (port, start);
        _process = Process.Start(start())!;
    }

    public int Port { get; }

    /// <summary>dnsmasq, which knows the given records and of the zones that no other name exists.</summary>
    /// <param name="log">File for the questions that it gets.</param>
    public static LoopbackServer Dns(string log, params string[] records)
    {
        var port = FreePort();
        return new(port, () => Command("dnsmasq", [
            "--keep-in-foreground", $"--port={port}", "--listen-address=127.0.0.1", "--bind-interfaces", "--no-resolv", "--no-hosts", "--conf-file=/dev/null",
            "--log-queries", $"--log-facility={log}", "--user=root", "--pid-file=", .. records]));
    }

    /// <param name="options">A file with a configuration, or options on the command line.</param>
    public static LoopbackServer Redis(string folder, params string[] options)
    {
        var port = FreePort();
        var file = options.Where(option => option.EndsWith(".conf", StringComparison.Ordinal)).ToArray();
        options = [.. options.Except(file)];
        return new(port, () => Command("redis-server", [.. file, "--port", Text(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder, .. options]));
    }

    public void Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", Text(_process.Id)]);
        kill.WaitForExit();
    }

    /// <summary>SIGKILL, and the same again.</summary>
    public void Restart()
    {
        Stop();
        _process = Process.Start(_start())!;
    }

    /// <summary>Waits until it takes connections.</summary>
    public async Task<LoopbackServer> ListeningAsync()
    {
        for (var began = Stopwatch.GetTimestamp(); ; await Task.Delay(20, TestContext.Current.CancellationToken))
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, Port, TestContext.Current.CancellationToken);
                return this;
            }
            catch (SocketException) when (Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(20) && !_process.HasExited)
            {
                // not yet
            }
        }
    }

    public void Dispose()
    {
        if (!_isOver)
        {
            Stop();
            _isOver = true;
        }
    }

    void Stop()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit(TimeSpan.FromSeconds(10));
        }
        _process.Dispose();
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    static ProcessStartInfo Command(string name, string[] arguments) => new(name, arguments) { RedirectStandardOutput = true };

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
