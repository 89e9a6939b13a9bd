using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Client.Tests;

public sealed class EnrichmentClientOptionsTests
{
    const string Key = "reader.s3cr3t";

    public static TheoryData<string, Action<EnrichmentClientOptions>> WrongOptions => new()
    {
        { "Address", options => options.Address = null },
        { "Address", options => options.Address = new Uri("relative", UriKind.Relative) },
        { "Address", options => options.Address = new Uri("ftp://enrichment.example") },
        { "Deadline", options => options.Deadline = TimeSpan.Zero },
        { "Deadline", options => options.Deadline = TimeSpan.FromMinutes(2) },
        { "BatchDeadline", options => options.BatchDeadline = TimeSpan.FromHours(1) },
        { "MaxAttempts", options => options.MaxAttempts = 0 },
        { "MaxAttempts", options => options.MaxAttempts = 6 },
        { "StreamBatchSize", options => options.StreamBatchSize = 10_001 },
        { "StreamFlushInterval", options => options.StreamFlushInterval = TimeSpan.Zero },
        { "MaxBatchesInFlight", options => options.MaxBatchesInFlight = 65 },
        { "ApiKey", options => options.ApiKey = "s3cr3t" },
        { "ApiKey", options => options.ApiKey = ".s3cr3t" },
        { "ApiKey", options => options.ApiKey = "reader." },
        { "ApiKey", options => options.ApiKey = "reader.s3cr3t\r\nx: y" },
        { "TokenProvider", options => (options.ApiKey, options.TokenProvider) = (Key, _ => ValueTask.FromResult("s3cr3t")) },
        { "https", options => (options.ApiKey, options.Address) = (Key, new Uri("http://enrichment.example:8081")) },
        { "https", options => (options.TokenProvider, options.Address) = (_ => ValueTask.FromResult("s3cr3t"), new Uri("http://192.0.2.7")) },
        { "RestAddress", options => options.Replica.Enabled = true },
        { "RestAddress", options => options.Replica = new() { Enabled = true, RestAddress = new Uri("file:///tmp") } },
        { "RestAddress", options => (options.ApiKey, options.Replica) = (Key, new() { Enabled = true, RestAddress = new Uri("http://192.0.2.7") }) },
        { "Folder", options => options.Replica.Folder = "" },
        { "MaxSnapshotBytes", options => options.Replica.MaxSnapshotBytes = 0 },
        { "DownloadTimeout", options => options.Replica.DownloadTimeout = TimeSpan.Zero },
        { "RetryDelay", options => options.Replica.RetryDelay = TimeSpan.Zero },
        { "MaxRetryDelay", options => options.Replica.MaxRetryDelay = TimeSpan.FromDays(1) },
    };

    [Theory, MemberData(nameof(WrongOptions))]
    public async Task Start_WrongOption_IsToldWithoutSecrets(string told, Action<EnrichmentClientOptions> spoil)
    {
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => TestClient.StartAsync(options =>
        {
            options.Address = new Uri("https://enrichment.example:8081");
            spoil(options);
        }));
        Assert.Contains(refusal.Failures, failure => failure.Contains(told, StringComparison.Ordinal));
        Assert.DoesNotContain("s3cr3t", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://enrichment.example:8081", Key)]
    [InlineData("http://127.0.0.1:8081", Key)]
    [InlineData("http://[::1]:8081", Key)]
    [InlineData("http://localhost:8081", Key)]
    [InlineData("http://enrichment.example:8081", null)]
    public async Task Start_RightOptions_Starts(string address, string? key)
    {
        await using var test = await TestClient.StartAsync(options => (options.Address, options.ApiKey) = (new Uri(address), key));
        Assert.NotNull(test.Client);
    }

    [Fact]
    public async Task Start_ConfigureTls_IsAppliedToCalls()
    {
        var applied = 0;
        await using var test = await TestClient.StartAsync(options =>
        {
            (options.Address, options.MaxAttempts) = (new Uri("https://127.0.0.1:9"), 1);
            options.ConfigureTls = tls => applied++;
        });
        await Assert.ThrowsAsync<EnrichmentException>(async () => await test.Client.ScoreAsync("192.0.2.7", TestContext.Current.CancellationToken));
        Assert.Equal(1, applied);
    }
}
