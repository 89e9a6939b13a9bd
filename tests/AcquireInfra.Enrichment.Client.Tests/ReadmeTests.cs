using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Client.Tests;

/// <summary>What the READMEs say of the client, against the client.</summary>
public sealed class ReadmeTests
{
    static readonly string Package = Read("src", "AcquireInfra.Enrichment.Client", "README.md");
    static readonly string Root = Read("README.md");

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void Code_InTheReadmes_IsTheCodeThatIsRun()
    {
        var example = Flat(Read("tests", "AcquireInfra.Enrichment.Client.Tests", "ReadmeExample.cs"));
        var blocks = CodeIn(Package).Concat(CodeIn(Root)).ToList();
        Assert.Equal(5, blocks.Count);
        Assert.All(blocks, block => Assert.Contains(Flat(block), example, StringComparison.Ordinal));
    }

    [Fact]
    public void Example_Options_AreRight()
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        ReadmeExample.Add(builder);
        using var host = builder.Build();
        Assert.True(host.Services.GetRequiredService<IOptions<EnrichmentClientOptions>>().Value.Replica.Enabled);
        Assert.NotNull(host.Services.GetRequiredService<EnrichmentClient>());
    }

    [Fact]
    public async Task Example_Questions_AreAnswered()
    {
        using var folder = new SnapshotFolder();
        var at = new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
        await using var server = await FakeServer.StartAsync(new FakeData(folder.Compile("a", "104.131.0.0/16"), at));
        await using var test = await TestClient.StartAsync(options => (options.Address, options.Deadline) = (server.Grpc, TimeSpan.FromSeconds(10)));
        Assert.False(await new ReadmeExample.SignIns(test.Client).AreRiskyFromAsync("104.131.0.1", Cancelled));
        await File.WriteAllTextAsync(folder["ips.txt"], "104.131.0.1\n192.0.2\n", Cancelled);
        await using var output = new StringWriter();
        await ReadmeExample.WriteAsync(test.Client, folder["ips.txt"], output);
        Assert.Matches("^104.131.0.1 [1-9][0-9]?  \n192.0.2   bad_address\n$", output.ToString().ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Options_EveryOne_IsInTheTableWithItsDefaultAndRange()
    {
        var rows = 0;
        rows += CheckRows("", new EnrichmentClientOptions());
        rows += CheckRows("Replica.", new ReplicaOptions());
        Assert.Equal(rows, Package.Split('\n').Count(line => line.StartsWith("| `", StringComparison.Ordinal)));
    }

    static int CheckRows(string prefix, object options)
    {
        var properties = options.GetType().GetProperties().Where(property => property.PropertyType != typeof(ReplicaOptions)).ToList();
        foreach (var property in properties)
        {
            var row = Assert.Single(Package.Split('\n'), line => line.StartsWith($"| `{prefix}{property.Name}` |", StringComparison.Ordinal));
            if (property.GetCustomAttribute<RangeAttribute>() is { } range)
            {
                var value = Convert.ToString(property.GetValue(options), CultureInfo.InvariantCulture);
                Assert.Contains($"| {value} | {range.Minimum} to {range.Maximum} |", row, StringComparison.Ordinal);
            }
        }
        return properties.Count;
    }

    static IEnumerable<string> CodeIn(string readme) =>
        readme.Split("```csharp\n").Skip(1).Select(rest => rest[..rest.IndexOf("```", StringComparison.Ordinal)]);

    // Indentation aside.
    static string Flat(string code) => string.Join('\n', code.Split('\n').Select(line => line.Trim())).Trim();

    static string Read(params string[] path) => File.ReadAllText(Path.Combine([Repository.Root, .. path]));
}
