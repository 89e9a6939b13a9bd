using AcquireInfra.Enrichment.Service.Tests;

[assembly: AssemblyFixture(typeof(ServiceFixture))]

namespace AcquireInfra.Enrichment.Service.Tests;

/// <summary>One service on the bundled data for all tests, which are read-only: the data is compiled once.</summary>
public sealed class ServiceFixture : IAsyncLifetime
{
    /// <summary>An hour at which the bundled data is fresh: verdicts that tests name are asked for as of it, and never rot.</summary>
    public const string FreshHour = "2026-11-24T12:00:00Z";

    readonly TemporaryFolder _state = new();
    RunningService? _service;

    internal RunningService Service => _service!;

    internal string StateFolder => _state.Path;

    public HttpClient Rest => Service.Rest;

    public async ValueTask InitializeAsync() => _service = await RunningService.StartAsync(
        _state.Path, "--Enrichment:Limits:MaxBulkJobs=100");

    public async ValueTask DisposeAsync()
    {
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }
        _state.Dispose();
    }
}
