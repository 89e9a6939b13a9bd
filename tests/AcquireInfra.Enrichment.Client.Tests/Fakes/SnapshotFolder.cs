using System.Text;
using AcquireInfra.Enrichment.Compilation;
using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Client.Tests;

/// <summary>A folder of snapshot files, gone afterwards.</summary>
internal sealed class SnapshotFolder : IDisposable
{
    readonly string _path = Directory.CreateTempSubdirectory("replica-test-").FullName;

    public string Path => _path;

    public string this[string name] => System.IO.Path.Combine(_path, name);

    /// <summary>Compiles one list of hosting prefixes with the id <c>list-{name}</c>.</summary>
    /// <returns>Path of the snapshot.</returns>
    public string Compile(string name, params string[] prefixes)
    {
        using var list = new MemoryStream(Encoding.ASCII.GetBytes(string.Join('\n', prefixes)));
        var content = FeedParser.Parse(list, new FeedFormat { Syntax = FeedSyntax.Text }, FeedLimits.Default);
        Assert.Equal(0, content.FaultCount);
        var info = new SourceInfo
        {
            Id = "list-" + name,
            Name = "List of this test",
            Family = "list",
            Categories = ["hosting"],
            Covers = ["hosting"],
            IPv4 = true,
            IPv6 = true,
            Reliability = 0.9,
            AsOf = new DateTimeOffset(2026, 11, 24, 0, 0, 0, TimeSpan.Zero),
            MaxAge = TimeSpan.FromDays(1_000),
        };
        using var file = File.Create(this[name + ".snapshot"]);
        SnapshotCompiler.Compile([new CompilerSource(info, [content], [])], file);
        return file.Name;
    }

    /// <returns>Path of a snapshot of <see cref="MixedSources"/>.</returns>
    public string CompileMixed(int seed)
    {
        using var file = File.Create(this[$"mixed-{seed}.snapshot"]);
        SnapshotCompiler.Compile(MixedSources.All(seed), file);
        return file.Name;
    }

    /// <summary>The ways a file suffers: a bit flipped, cut short, empty, something else altogether.</summary>
    public IEnumerable<string> DamagedCopiesOf(string file)
    {
        var bytes = File.ReadAllBytes(file);
        var flipped = bytes.ToArray();
        flipped[bytes.Length / 2] ^= 1;
        byte[][] copies = [flipped, bytes[..^1], bytes[..(bytes.Length / 2)], [], [.. bytes, 0], "not a snapshot"u8.ToArray()];
        foreach (var (at, copy) in copies.Index())
        {
            var path = this[$"damaged-{at}.snapshot"];
            File.WriteAllBytes(path, copy);
            yield return path;
        }
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
