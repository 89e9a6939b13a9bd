using System.Xml.Linq;
using AcquireInfra.Enrichment.Addressing;

namespace AcquireInfra.Enrichment.Tests;

/// <summary>Dependencies point one way, from the host to the core; the core is pure.</summary>
public sealed class ArchitectureTests
{
    const string Core = "AcquireInfra.Enrichment";

    static readonly string Root = FindRoot();

    public static TheoryData<string, string[]> AllowedReferences => new()
    {
        { Core, [] },
        { Core + ".Feeds", [Core] },
        { Core + ".Sentinel", [Core] },
        { Core + ".Service", [Core, Core + ".Feeds", Core + ".Sentinel"] },
        { Core + ".Client", [Core] },
        { Core + ".Cli", [Core, Core + ".Feeds", Core + ".Sentinel", Core + ".Client"] },
    };

    [Theory, MemberData(nameof(AllowedReferences))]
    public void Project_References_OnlyThoseBelowIt(string project, string[] allowed)
    {
        var references = ItemsOf(project, "ProjectReference").Select(NameOf).ToList();
        Assert.Empty(references.Except(allowed));
        Assert.True(project == Core || references.Contains(Core), "every project is built on the core");
    }

    [Fact]
    public void Projects_InSource_AreTheSix() => Assert.Equal(
        AllowedReferences.Select(row => row.Data.Item1).Order(),
        Directory.GetFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories).Select(NameOf).Order());

    [Fact]
    public void Core_Packages_AreTheTwoItMayUse() =>
        Assert.Equal(["IPNetwork2", "MaxMind.Db"], ItemsOf(Core, "PackageReference").Order(StringComparer.Ordinal));

    // A package that every project gets is none of the core's own, as long as nothing of it is in what is built.
    [Fact]
    public void SharedProperties_Packages_AreForBuildingAndTestsOnly()
    {
        var shared = XDocument.Load(Path.Combine(Root, "Directory.Build.props")).Descendants("PackageReference").ToList();
        Assert.NotEmpty(shared);
        const string OfTests = "$(MSBuildProjectName.EndsWith('.Tests'))";
        Assert.DoesNotContain(
            shared, package => package.Attribute("PrivateAssets")?.Value != "all" && package.Parent!.Attribute("Condition")?.Value != OfTests);
    }

    [Fact]
    public void Core_Frameworks_HaveNoWebServer()
    {
        Assert.Equal("Microsoft.NET.Sdk", XDocument.Load(FileOf(Core)).Root!.Attribute("Sdk")!.Value);
        Assert.Empty(ItemsOf(Core, "FrameworkReference"));
        Assert.Empty(ItemsOf(Core + ".Feeds", "FrameworkReference"));
    }

    [Fact]
    public void Core_Assembly_KnowsNoHost()
    {
        string[] forbidden =
            ["Microsoft.AspNetCore.", "Microsoft.Extensions.", "Grpc.", "StackExchange.", "System.Net.Http", "AcquireInfra."];
        var references = typeof(Address).Assembly.GetReferencedAssemblies().Select(name => name.Name!).ToList();
        Assert.Contains("MaxMind.Db", references); // the list is the real one
        Assert.DoesNotContain(references, name => forbidden.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)));
    }

    // Neither is on the look-up path: both work where feeds are parsed, and there only.
    [Theory, InlineData("using MaxMind.Db;"), InlineData("IPNetwork2.")]
    public void Core_Package_IsUsedInParsingOnly(string use)
    {
        var folder = Path.Combine(Root, "src", Core);
        var users = Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(path => File.ReadAllText(path).Contains(use, StringComparison.Ordinal))
            .Select(path => Path.GetRelativePath(folder, path).Split(Path.DirectorySeparatorChar)[0]);
        Assert.Equal("Parsing", Assert.Single(users.Distinct()));
    }

    static IEnumerable<string> ItemsOf(string project, string item) =>
        XDocument.Load(FileOf(project)).Descendants(item).Select(element => element.Attribute("Include")!.Value);

    static string NameOf(string path) => Path.GetFileNameWithoutExtension(path.Replace('\\', '/'));

    static string FileOf(string project) => Path.Combine(Root, "src", project, project + ".csproj");

    static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Core + ".sln")))
            {
                return folder.FullName;
            }
        }
        throw new InvalidOperationException($"No {Core}.sln above {AppContext.BaseDirectory}.");
    }
}
