using AcquireInfra.Enrichment.Verdicts;
using Microsoft.Extensions.Hosting;

namespace AcquireInfra.Enrichment.Client.Tests;

/// <summary>The code of the READMEs; <see cref="ReadmeTests"/> compares it and runs it.</summary>
internal static class ReadmeExample
{
    public static void Add(HostApplicationBuilder builder)
    {
        builder.Services.AddEnrichmentClient(options =>
        {
            options.Address = new Uri("https://enrichment.example:8081");
            options.ApiKey = builder.Configuration["EnrichmentApiKey"];
            options.Replica.Enabled = true; // if you like: answers in process
            options.Replica.RestAddress = new Uri("https://enrichment.example:8080");
        });
    }

    public static async Task WriteAsync(EnrichmentClient enrichment, string path, TextWriter output)
    {
        await foreach (var result in enrichment.ScoreAllAsync(File.ReadLinesAsync(path)))
        {
            output.WriteLine($"{result.Input} {result.Verdict?.Score} {result.Verdict?.AsnName} {result.Error?.Code}");
        }
    }

    public sealed class SignIns(EnrichmentClient enrichment)
    {
        public async Task<bool> AreRiskyFromAsync(string ip, CancellationToken cancellationToken)
        {
            var verdict = await enrichment.ScoreAsync(ip, cancellationToken);
            return verdict.Level >= RiskLevel.High || verdict.Is(Category.Tor) == true;
        }
    }
}
