using AcquireInfra.Enrichment.Cli.Commands;

namespace AcquireInfra.Enrichment.Cli.Tests;

/// <summary>The commands that the documents tell people to type.</summary>
public sealed class ReadmeTests
{
    public static TheoryData<string> Commands
    {
        get
        {
            var lines = ((string[])["README.md", "data/README.md", "src/AcquireInfra.Enrichment.Sentinel/content/README.md"]).SelectMany(file => File.ReadAllText(Path.Combine(BundledSnapshot.RepositoryRoot, file))
                .Replace("\\\n", " ", StringComparison.Ordinal).Split('\n'));
            return [.. lines.Where(line => line.StartsWith("enrich ", StringComparison.Ordinal))];
        }
    }

    [Fact]
    public void Readme_Commands_AreFound() => Assert.True(Commands.Count >= 7, $"only {Commands.Count} commands in the documents");

    [Theory, MemberData(nameof(Commands))]
    public void Readme_Command_IsUnderstood(string line)
    {
        var command = line.Split('#')[0].Split('<')[0]["enrich ".Length..].Trim();
        Assert.Empty(EnrichCommand.Create().Parse(command).Errors);
    }
}
