using AcquireInfra.Enrichment.Service.Hosting;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Tests.Hosting;

public sealed class EnrichmentOptionsTests
{
    [Theory]
    [InlineData("Enrichment:MaxBatchItem=5", "Enrichment:MaxBatchItem ", "MaxBatchItems")]       // a misspelt key
    [InlineData("Enrichment:Nothing:Url=x", "Enrichment:Nothing ", "StateFolder")]
    [InlineData("Enrichment:MaxBatchItems=0", "MaxBatchItems", "1 and 100000")]
    [InlineData("Enrichment:MaxBatchItems=-1", "MaxBatchItems", "1 and 100000")]
    [InlineData("Enrichment:MaxBatchItems=100001", "MaxBatchItems", "1 and 100000")]
    [InlineData("Enrichment:MaxBatchBytes=1023", "MaxBatchBytes", "1024 and 67108864")]
    [InlineData("Enrichment:MaxBatchBytes=67108865", "MaxBatchBytes", "1024 and 67108864")]
    [InlineData("Enrichment:StateFolder=", "StateFolder", "required")]
    [InlineData("Enrichment:DataFolder=", "DataFolder", "required")]
    [InlineData("Enrichment:Sources=/no/such/manifest.json", "Enrichment:Sources", "/no/such/manifest.json")]
    [InlineData("Enrichment:OwnerPrefixes:0=192.0.2.1/24", "Enrichment:OwnerPrefixes", "192.0.2.1/24")]
    [InlineData("Enrichment:Refresh:AllowedPrefixes:0=loopback", "Enrichment:Refresh:AllowedPrefixes", "'loopback'")]
    [InlineData("Enrichment:Refresh:MaxConcurrent=17", "MaxConcurrent", "1 and 16")]
    [InlineData("Enrichment:Refresh:Interval=1", "Enrichment:Refresh:Interval ", "MaxConcurrent")]
    [InlineData("Kestrel:Endpoints:Rest:Url=nonsense", "Kestrel:Endpoints:Rest:Url", "'nonsense'")]
    [InlineData("Kestrel:Endpoints:Rest:Url=", "Kestrel:Endpoints:Rest:Url", "''")]
    [InlineData("Kestrel:Endpoints:Admin:Url=http://127.0.0.1:65536", "Kestrel:Endpoints:Admin:Url", "65536")]
    public async Task Start_WrongOption_IsToldWithKeyAndRange(string option, string key, string range)
    {
        using var state = new TemporaryFolder();
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => RunningService.StartAsync(state.Path, "--" + option));
        var failure = Assert.Single(exception.Failures);
        Assert.Contains(key, failure, StringComparison.Ordinal);
        Assert.Contains(range, failure, StringComparison.Ordinal);
        Assert.False(Directory.Exists(state["snapshots"]), "it stopped after the data was compiled");
    }

    [Fact]
    public async Task Start_SeveralWrongOptions_AreAllTold()
    {
        using var state = new TemporaryFolder();
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => RunningService.StartAsync(
            state.Path, "--Enrichment:MaxBatchItems=0", "--Enrichment:MaxBatchBytes=0", "--Enrichment:Bogus=1"));
        Assert.Equal(3, exception.Failures.Count());
    }

    [Fact]
    public void Defaults_Are_InRange() =>
        Assert.True(new EnrichmentOptionsValidator().Validate(null, new EnrichmentOptions()).Succeeded);
}
