using AcquireInfra.Enrichment.Service.Tests;

[assembly: AssemblyFixture(typeof(ServiceFixture))]

namespace AcquireInfra.Enrichment.Service.Tests;

/// <summary>One service on the bundled data for all tests, which are read-only: the data is compiled once.</summary>
public sealed class ServiceFixture : IAsyncLifetime
{
    /// <summary>An hour at which the bundled data is fresh: verdicts that tests name are asked for as of it, and never rot.</summary>
    public const string FreshHour = "2026-11-24T12:00:00Z";

    // On so much that tests of many addresses meet all of them; none on an address that a test names.
    static readonly string Overrides = $"""
        id,target,effect,categories,tag,reason,owner,expiresAt
        csv-block,12.0.0.0/8,block,,,"Blocked <b>""for""</b> these tests",tests,{In30Days}
        csv-block6,2600::/19,block,,,Blocked for these tests,tests,{In30Days}
        csv-allow,AS16509,allow,,,Allowed for these tests,tests,{In30Days}
        csv-suppress,52.0.0.0/8,suppress,hosting cdn,,Suppressed for these tests,tests,{In30Days}
        csv-tag,AS4134,tag,,test-tag,Tagged for these tests,tests,{In30Days}
        csv-provider,provider:OVHcloud,suppress,hosting,,Suppressed for these tests,tests,{In30Days}

        """;

    static string In30Days => DateTimeOffset.UtcNow.AddDays(30).ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);

    readonly TemporaryFolder _state = new();
    RunningService? _service;

    internal RunningService Service => _service!;

    internal string StateFolder => _state.Path;

    /// <summary>The overrides that it judges under.</summary>
    internal string OverridesFile => _state[Path.Combine("overrides", "overrides.csv")];

    public HttpClient Rest => Service.Rest;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(_state["overrides"]);
        await File.WriteAllTextAsync(OverridesFile, Overrides);
        _service = await RunningService.StartAsync(_state.Path, "--Enrichment:Limits:MaxBulkJobs=100");
    }

    public async ValueTask DisposeAsync()
    {
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }
        _state.Dispose();
    }
}
