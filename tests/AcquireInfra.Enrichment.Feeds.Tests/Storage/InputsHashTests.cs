using System.Net;
using System.Reflection;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Storage;

namespace AcquireInfra.Enrichment.Feeds.Tests.Storage;

public sealed class InputsHashTests
{
    // The core, the loader, and each package that the core reads feeds with.
    [Fact]
    public void Code_OfASnapshot_IsAllThatReadsAndCompiles()
    {
        var core = typeof(Address).Assembly;
        var packages = core.GetReferencedAssemblies().Where(name => !name.Name!.StartsWith("System.", StringComparison.Ordinal) || name.Name == "System.Net.IPNetwork")
            .Select(Assembly.Load);
        var expected = packages.Append(core).Append(typeof(SourceLoader).Assembly).Append(typeof(IPNetwork2).Assembly).Distinct();
        Assert.Equal(expected.Select(Name).Order(StringComparer.Ordinal), InputsHash.Code.Select(Name).Order(StringComparer.Ordinal));

        static string Name(Assembly assembly) => assembly.GetName().Name!;
    }
}
