using System.Text;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Compilation;
using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Client.Tests;

/// <summary>Made-up sources of every kind over global space, and addresses in and beside what they list.</summary>
internal static class MixedSources
{
    static readonly DateTimeOffset Day = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);

    public static IReadOnlyList<CompilerSource> All(int seed)
    {
        var random = new Random(seed);
        return
        [
            AsnTable(), Roles(),
            List("vpn-list", "vpn", "Example VPN", Prefixes(random, 400, 24, 48)),
            List("hosting-list", "hosting", null, Prefixes(random, 200, 16, 40)),
            List("tor-list", "tor", null, Prefixes(random, 300, 32, 128)),
            List("relay-list", "relay", "Example Relay", Prefixes(random, 100, 26, 56)),
            List("drop-list", "bulletproof", null, Prefixes(random, 50, 20, 44)),
        ];
    }

    /// <summary>Half of them near what is listed, with some that are not global.</summary>
    public static IEnumerable<Address> Addresses(int seed, int count)
    {
        var listed = All(seed).SelectMany(source => source.Contents).SelectMany(content => content.Entries.ToArray()).ToArray();
        var random = new Random(seed + 1);
        for (var made = 0; made < count; made++)
        {
            var near = listed[random.Next(listed.Length)].Prefix;
            yield return (made % 8) switch
            {
                0 => Address.FromIPv4((uint)random.NextInt64(1L << 32)),
                1 => new Address(0x2A00_0000_0000_0000 | (ulong)random.NextInt64(1L << 40), (ulong)random.NextInt64()),
                2 => new Address(0x2002_0000_0000_0000 | (ulong)random.NextInt64(1L << 48), (ulong)random.NextInt64()), // 6to4
                3 => Address.FromIPv4(0xC0000200 | (uint)random.Next(256)),
                < 6 => near.First,
                _ => near.Last,
            };
        }
    }

    static IEnumerable<string> Prefixes(Random random, int count, int length4, int length6)
    {
        for (var made = 0; made < count; made++)
        {
            yield return made % 4 == 0
                ? Prefix.Create(new Address(0x2A00_0000_0000_0000 | (ulong)random.NextInt64(1L << 56), (ulong)random.NextInt64()), length6).ToString()
                : Prefix.Create(Address.FromIPv4((uint)random.NextInt64(20L << 24, 100L << 24)), length4).ToString();
        }
    }

    static CompilerSource List(string id, string category, string? provider, IEnumerable<string> prefixes)
    {
        var info = new SourceInfo
        {
            Id = id,
            Name = id,
            Family = id,
            Categories = [category],
            Covers = [category],
            Provider = provider,
            IPv4 = true,
            IPv6 = true,
            Reliability = 0.9,
            AsOf = Day,
        };
        return new(info, [Content(string.Join('\n', prefixes.Distinct()), new FeedFormat { Syntax = FeedSyntax.Text })], []);
    }

    static CompilerSource AsnTable()
    {
        var rows = new StringBuilder();
        for (var octet = 20; octet < 100; octet++)
        {
            for (var part = 0; part < 256; part += 16)
            {
                rows.Append(octet).Append('.').Append(part).Append(".0.0,").Append(octet).Append('.').Append(part + 15).Append(".255.255,")
                    .Append(64496 + (octet + part / 16) % 16).Append(",\"Example ").Append((octet + part / 16) % 16).Append("\"\n");
            }
        }
        for (var part = 0; part < 256; part++)
        {
            rows.Append($"2a00:{part:x}00::,2a00:{part:x}ff:ffff:ffff:ffff:ffff:ffff:ffff,{64496 + part % 16},\"Example {part % 16}\"\n");
        }
        var format = new FeedFormat
        {
            Syntax = FeedSyntax.Csv,
            Columns = ["first", "last", "asn", "name"],
            First = "first",
            Last = "last",
            Asn = ["asn"],
            Name = "name",
        };
        var info = new SourceInfo { Id = "asn-table", Name = "Table", Kind = SourceKind.AsnTable, Family = "asn-table", AsOf = Day, Reliability = 1 };
        return new(info, [Content(rows.ToString(), format)], []);
    }

    static CompilerSource Roles()
    {
        const string Rows = "asn,role,provider,basis,note\n64496,hosting,Example Cloud,certain,\n64497,vpn,Example Tunnel,knowledge,\n"
            + "64498,access,,certain,\n64499,transit,,certain,\n64500,education,Example School,name,\n64501,cdn,Example CDN,brand,\n";
        using var text = new MemoryStream(Encoding.ASCII.GetBytes(Rows));
        var roles = AsnRolesParser.Parse(text, FeedLimits.Default, out var content);
        Assert.Equal(0, content.FaultCount);
        var info = new SourceInfo
        {
            Id = "asn-roles",
            Name = "Roles",
            Kind = SourceKind.AsnRoles,
            Family = "asn-roles",
            AsOf = Day,
            Reliability = 0.95,
            Covers = ["hosting", "cdn", "isp"],
            IPv4 = true,
            IPv6 = true,
        };
        return new(info, [content], roles);
    }

    static FeedContent Content(string text, FeedFormat format)
    {
        using var bytes = new MemoryStream(Encoding.UTF8.GetBytes(text));
        var content = FeedParser.Parse(bytes, format, FeedLimits.Default);
        Assert.Equal(0, content.FaultCount);
        return content;
    }
}
