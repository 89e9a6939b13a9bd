using System.ComponentModel.DataAnnotations;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Service.Observability;
using AcquireInfra.Enrichment.Service.Tests.Rpc;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace AcquireInfra.Enrichment.Service.Tests;

/// <summary>What the README says of the service, against the service.</summary>
public sealed partial class ReadmeTests(ServiceFixture fixture)
{
    static string Readme { get; } = File.ReadAllText(Path.Combine(NpmTools.Root, "README.md"));

    [Fact]
    public void Options_EveryOne_IsInTheTableWithItsDefaultAndRange()
    {
        var options = OptionsOf(EnrichmentOptions.Section, new EnrichmentOptions()).ToList();
        foreach (var (key, property, owner) in options)
        {
            var row = Assert.Single(Readme.Split('\n'), line => line.StartsWith($"| `{key}` |", StringComparison.Ordinal));
            if (property.GetCustomAttribute<RangeAttribute>() is { } range)
            {
                var value = Convert.ToString(property.GetValue(owner), CultureInfo.InvariantCulture);
                Assert.Contains($"| {value} | {range.Minimum} to {range.Maximum} |", row, StringComparison.Ordinal);
            }
        }
        Assert.Equal(options.Count, Readme.Split("\n| `Enrichment:").Length - 1);
    }

    // Also those of sections within the section.
    static IEnumerable<(string Key, PropertyInfo Property, object Owner)> OptionsOf(string section, object options) =>
        options.GetType().GetProperties().SelectMany(property => property.PropertyType.Name.EndsWith("Options", StringComparison.Ordinal)
            ? OptionsOf($"{section}:{property.Name}", property.GetValue(options)!)
            : [($"{section}:{property.Name}", property, options)]);

    [Fact]
    public void Metrics_EveryInstrument_IsInTheTableWithItsUnit()
    {
        List<Instrument> instruments = [];
        using var listener = new MeterListener();
        var factory = fixture.Service.Services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == EnrichmentMetrics.MeterName && instrument.Meter.Scope == factory)
            {
                instruments.Add(instrument);
            }
        };
        listener.Start();
        Assert.NotEmpty(instruments);
        Assert.All(instruments, instrument =>
            Assert.Single(Readme.Split('\n'), line => line.StartsWith($"| `{instrument.Name}` | `{instrument.Unit}` |", StringComparison.Ordinal)));
        Assert.Equal(instruments.Count, Readme.Split("\n| `enrichment.").Length - 1);
    }

    [Fact]
    public void Problems_EveryCode_IsListedWithItsStatus()
    {
        var declared = typeof(ProblemKind).GetProperties(BindingFlags.Public | BindingFlags.Static)
            .Where(property => property.PropertyType == typeof(ProblemKind)).Select(property => (ProblemKind)property.GetValue(null)!).ToList();
        Assert.Equal(declared, ProblemKind.All);
        Assert.Distinct(declared.Select(kind => kind.Code));
        Assert.All(declared, kind =>
            Assert.Contains($"| `{kind.Code}` | {kind.HttpStatus} | `{(StatusCode)kind.GrpcStatus}` |", Readme, StringComparison.OrdinalIgnoreCase));
    }

    // The sample answer, judged at the hour it was taken.
    [Fact]
    public async Task QuickStart_SampleAnswer_IsWhatTheServiceSays()
    {
        var sample = Readme[Readme.IndexOf("{\"ip\":\"159.65.1.1\"", StringComparison.Ordinal)..];
        sample = sample[..sample.IndexOf("```", StringComparison.Ordinal)];
        var answer = await fixture.Rest.BatchAsync(["""{"ip":"159.65.1.1","at":"2026-11-24T05:00:00Z"}"""]);
        var verdict = answer.Json.GetProperty("results")[0];
        var compared = 0;
        foreach (Match pair in Pair().Matches(sample[..sample.IndexOf("\"points\"", StringComparison.Ordinal)]))
        {
            Assert.Equal(JsonDocument.Parse(pair.Groups[2].Value).RootElement.GetRawText(), verdict.GetProperty(pair.Groups[1].Value).GetRawText());
            compared++;
        }
        Assert.True(compared > 12, $"only {compared} members of the sample were compared");
    }

    [GeneratedRegex("""\"(\w+)\":(\"[^\"…]*\"|-?[0-9.]+|true|false|null)""")]
    private static partial Regex Pair();
}
