using System.Text;
using AcquireInfra.Enrichment.Compilation;
using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Tests.Snapshots;

/// <summary>Small sources in documentation space, and snapshots compiled from them into temporary files.</summary>
public static class TestSources
{
    public static DateTimeOffset Day { get; } = new(2026, 8, 22, 12, 0, 0, TimeSpan.Zero);

    public static CompilerSource AsnTable(string csv) => Source(
        new SourceInfo { Id = "asn-table", Name = "Table", Kind = SourceKind.AsnTable, Family = "asn-table", AsOf = Day, Reliability = 1 },
        csv,
        new FeedFormat { Syntax = FeedSyntax.Csv, Columns = ["first", "last", "asn", "name"], First = "first", Last = "last", Asn = ["asn"], Name = "name", AllowSpecialPurpose = true });

    public static CompilerSource Roles(string csv)
    {
        var roles = AsnRolesParser.Parse(Bytes("asn,role,provider,basis,note\n" + csv), FeedLimits.Default, out var content);
        var info = new SourceInfo
        {
            Id = "asn-roles",
            Name = "Roles",
            Kind = SourceKind.AsnRoles,
            Family = "asn-roles",
            AsOf = Day,
            Reliability = 0.95,
            Covers = ["hosting", "vpn", "cdn", "isp"],
            IPv4 = true,
            IPv6 = true,
            HoldOff = TimeSpan.FromDays(365),
        };
        return new(info, [content], roles);
    }

    /// <summary>A text list of prefixes.</summary>
    public static CompilerSource Prefixes(string id, string category, string lines, Func<SourceInfo, SourceInfo>? with = null) => Source(
        Info(id, category, with), lines, new FeedFormat { Syntax = FeedSyntax.Text, AllowSpecialPurpose = true });

    /// <summary>A text list of ASNs.</summary>
    public static CompilerSource Asns(string id, string category, string lines, Func<SourceInfo, SourceInfo>? with = null) => Source(
        Info(id, category, with), lines, new FeedFormat { Syntax = FeedSyntax.Text, Asn = ["asn"] });

    public static CompilerSource Source(SourceInfo info, string text, FeedFormat format)
    {
        var content = FeedParser.Parse(Bytes(text), format, FeedLimits.Default with { MinIPv4Length = 0, MinIPv6Length = 0 });
        Assert.Equal(0, content.FaultCount);
        return new(info, [content], []);
    }

    public static byte[] Compile(params CompilerSource[] sources)
    {
        using var bytes = new MemoryStream();
        SnapshotCompiler.Compile(sources, bytes);
        return bytes.ToArray();
    }

    public static Snapshot Open(params CompilerSource[] sources)
    {
        using var file = new TemporaryFile(Compile(sources));
        return Snapshot.Open(file.Path); // mapped: the file may go
    }

    static SourceInfo Info(string id, string category, Func<SourceInfo, SourceInfo>? with)
    {
        var info = new SourceInfo
        {
            Id = id,
            Name = id,
            Family = id,
            Categories = [category],
            Covers = [category],
            IPv4 = true,
            IPv6 = true,
            Reliability = 0.9,
            AsOf = Day,
        };
        return with is null ? info : with(info);
    }

    static MemoryStream Bytes(string text) => new(Encoding.UTF8.GetBytes(text));
}

public sealed class TemporaryFile : IDisposable
{
    public TemporaryFile(byte[] content)
    {
        Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"enrichment-{Guid.NewGuid():N}");
        File.WriteAllBytes(Path, content);
    }

    public string Path { get; }

    public void Dispose() => File.Delete(Path);
}
