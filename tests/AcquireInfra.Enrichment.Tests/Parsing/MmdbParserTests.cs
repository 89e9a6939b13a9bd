using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Parsing;

namespace AcquireInfra.Enrichment.Tests.Parsing;

public sealed class MmdbParserTests : IDisposable
{
    static readonly FeedFormat Found = new() { Syntax = FeedSyntax.MaxMindDb, AllowSpecialPurpose = true };
    static readonly FeedFormat Asns = Found with { IsAsnTable = true, Asn = ["autonomous_system_number"], Name = "autonomous_system_organization" };

    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mmdb-tests-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Parse_OurOwnAsnDatabase_GivesItsRangesBack()
    {
        AsnRange[] rows = [
            Row("192.0.2.0", "192.0.2.9", 64496, "LLC \"ACME\""), Row("192.0.2.10", "192.0.2.255", 64497, "Zeta"),
            Row("203.0.113.7", "203.0.113.7", 4294967294, ""), Row("2001:db8::", "2001:db8:0:ffff:ffff:ffff:ffff:ffff", 64498, "Ünï 株式会社")];
        using var stream = new MemoryStream();
        AsnMmdbWriter.Write(rows, "test", new DateTimeOffset(2026, 8, 22, 3, 4, 5, TimeSpan.Zero), stream);

        var content = Parse(Asns, stream.ToArray());

        Assert.Equal(string.Join(' ', rows.SelectMany(row => row.Range.ToPrefixes().Select(prefix => $"{prefix}={row.Asn}"))),
            Shown.Entries(content));
        Assert.Equal("AS64496 LLC \"ACME\"|AS64497 Zeta|AS64498 Ünï 株式会社", Shown.Names(content));
        Assert.Equal("2026-08-22T03:04", Shown.Date(content.AsOf));
        Assert.Equal(0, content.FaultCount);
    }

    [Theory]
    [InlineData(24, 6)]
    [InlineData(28, 6)]
    [InlineData(32, 6)]
    [InlineData(24, 4)]
    [InlineData(28, 4)]
    [InlineData(32, 4)]
    public void Parse_EachRecordSizeAndTree_GivesTheSame(int recordBits, int ipVersion)
    {
        var builder = new MmdbBuilder(recordBits, ipVersion).Add("192.0.2.0/24", Map(("autonomous_system_number", 64496u)))
            .Add("203.0.113.128/25", Map(("autonomous_system_number", 64497u)));
        Assert.Equal("192.0.2.0/24=AS64496 203.0.113.128/25=AS64497", Shown.Entries(Parse(Asns, builder.ToBytes())));
    }

    [Theory]
    [InlineData("AS64496", "192.0.2.0/24=AS64496", "")]      // IPinfo
    [InlineData("64496", "192.0.2.0/24=AS64496", "")]
    [InlineData("", "", "bad_asn@0:0")]
    [InlineData("AS", "", "bad_asn@0:0")]
    [InlineData("AS0", "", "")]                              // not routed
    public void Parse_AsnAsString_IsRead(string asn, string entries, string faults)
    {
        var content = Parse(Asns with { Name = null, Asn = ["asn"] }, new MmdbBuilder().Add("192.0.2.0/24", Map(("asn", asn))).ToBytes());
        Assert.Equal((entries, faults), (Shown.Entries(content), Shown.Faults(content)));
    }

    [Fact]
    public void Parse_NetworkWithoutAsn_IsNoEntryAndNoFault()
    {
        var content = Parse(Asns, new MmdbBuilder().Add("192.0.2.0/24", Map(("country", "XX"))).ToBytes());
        Assert.Equal(("", "", 1), (Shown.Entries(content), Shown.Faults(content), content.Records));
    }

    [Fact]
    public void Parse_Flags_AreBooleansStringsNumbersOrLeftOut()
    {
        var builder = new MmdbBuilder()
            .Add("192.0.2.0/28", Map(("vpn", true), ("tor", false)))          // MaxMind, but false ones left out there
            .Add("192.0.2.16/28", Map(("vpn", "true"), ("tor", "")))          // IPinfo, old schema
            .Add("192.0.2.32/28", Map(("tor", 1u), ("service", "Acme")))
            .Add("192.0.2.48/28", Map(("tor", 0u), ("vpn", "false")))         // nothing is true: no entry
            .Add("192.0.2.64/28", Map())
            .Add("192.0.2.80/28", Map(("vpn", true), ("tor", "True")));
        var flags = new Dictionary<string, string> { ["vpn"] = "vpn", ["tor"] = "tor" };
        var content = Parse(Found with { CategoryFlags = flags, Provider = "service" }, builder.ToBytes());
        Assert.Equal("192.0.2.0/28{vpn} 192.0.2.16/28{vpn} 192.0.2.32/28{tor|Acme} 192.0.2.80/28{vpn+tor}", Shown.Entries(content));
        Assert.Equal(0, content.FaultCount);
    }

    [Fact]
    public void Parse_BeingFound_IsTheAnswerWhateverTheRecord()
    {
        var builder = new MmdbBuilder().Add("192.0.2.0/24", Map(("country", Map(("iso_code", "XX"))))).Add("198.51.100.0/24", "a string")
            .Add("203.0.113.0/25", new object[] { "an", "array" }).Add("203.0.113.128/25", 7u).Add("2001:db8::/32", Map());
        Assert.Equal("192.0.2.0/24 198.51.100.0/24 203.0.113.0/25 203.0.113.128/25 2001:db8::/32",
            Shown.Entries(Parse(Found, builder.ToBytes())));
    }

    [Fact]
    public void Parse_NestedPathsAndFilters_AreFollowed()
    {
        var builder = new MmdbBuilder().Add("192.0.2.0/25", Map(("as", Map(("number", 64496u), ("kind", "hosting"))), ("score", 0.5)))
            .Add("192.0.2.128/25", Map(("as", Map(("number", 64497u), ("kind", "isp")))))
            .Add("198.51.100.0/24", Map(("as", "AS64498")))                   // no map where one was expected
            .Add("203.0.113.0/24", Map(("as", Map(("number", 64499u), ("kind", "hosting"))), ("score", 2.0)));
        var format = Found with { Asn = ["as.number"], Confidence = "score", Where = [new() { Field = "as.kind", In = ["hosting"] }] };
        var content = Parse(format, builder.ToBytes());
        Assert.Equal(("192.0.2.0/25=AS64496{50%}", "bad_value@0:0"), (Shown.Entries(content), Shown.Faults(content)));
    }

    [Fact]
    public void Parse_AliasesOfTheIPv4Tree_AreNotNamedAgain()
    {
        var builder = new MmdbBuilder().Add("192.0.2.0/24", Map()).Add("198.51.100.0/24", Map()).Add("2001:db8::/32", Map())
            .Alias("::ffff:0:0/96").Alias("2001::/32").Alias("2002::/16");
        Assert.Equal("192.0.2.0/24 198.51.100.0/24 2001:db8::/32", Shown.Entries(Parse(Found, builder.ToBytes())));
    }

    [Fact]
    public void Parse_RowsOfItsOwnInTeredoAnd6To4_AreKept()
    {
        var builder = new MmdbBuilder().Add("192.0.2.0/24", Map()).Add("2001:0:c000:201::/64", Map()).Add("2002:c633:6400::/40", Map());
        Assert.Equal("192.0.2.0/24 2001:0:c000:201::/64 2002:c633:6400::/40", Shown.Entries(Parse(Found, builder.ToBytes())));
    }

    [Fact]
    public void Parse_WideAndSpecialNetworks_AreFaultsAndTheRestLoads()
    {
        var builder = new MmdbBuilder().Add("128.0.0.0/1", Map()).Add("10.0.0.0/8", Map()).Add("3.128.0.0/9", Map()).Add("fc00::/7", Map());
        var content = Parse(new() { Syntax = FeedSyntax.MaxMindDb }, builder.ToBytes());
        Assert.Equal(("3.128.0.0/9", "special_purpose@0:0 too_wide@0:0 too_wide@0:0"), (Shown.Entries(content), Shown.Faults(content)));
    }

    [Fact]
    public void Parse_MaxEntries_EndsTheWalk()
    {
        var builder = new MmdbBuilder();
        Enumerable.Range(0, 8).ToList().ForEach(at => builder.Add($"192.0.2.{at * 32}/32", Map()));
        var content = Parse(Found, builder.ToBytes(), FeedLimits.Default with { MaxEntries = 3 });
        Assert.Equal(("192.0.2.0/32 192.0.2.32/32 192.0.2.64/32", "too_many_entries@0:0", 4),
            (Shown.Entries(content), Shown.Faults(content), content.Records));
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(0UL)]
    [InlineData(253_402_300_800UL)]    // the year 10000
    [InlineData(9_223_372_036_854_775_807UL)]
    public void Parse_BuildTimeOfNoCalendar_IsNoDate(ulong epoch)
    {
        var content = Parse(Found, new MmdbBuilder { BuildEpoch = epoch }.Add("192.0.2.0/24", Map()).ToBytes());
        Assert.Null(content.AsOf);
        Assert.Equal("192.0.2.0/24", Shown.Entries(content));
    }

    [Fact]
    public void Parse_CategoryFlagOfNoCategory_IsAFormatError()
    {
        var format = Found with { CategoryFlags = new Dictionary<string, string> { ["v"] = "VPN" } };
        Assert.Throws<FormatException>(() => Parse(format, new MmdbBuilder().Add("192.0.2.0/24", Map()).ToBytes()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("192.0.2.0/24\n")]
    [InlineData("<!DOCTYPE html>\n<html></html>\n")]
    [InlineData("\u00AB\u00CD\u00EFMaxMind.com")]
    public void Parse_AnotherFile_IsInvalidData(string text) =>
        Assert.Throws<InvalidDataException>(() => Parse(Found, System.Text.Encoding.Latin1.GetBytes(text)));

    // Whichever way a tree names 2^128 networks: all of them data, none of them, or going round in circles.
    [Theory, InlineData(128, true), InlineData(128, false), InlineData(1, true), InlineData(1, false)]
    public async Task Parse_ExponentialTree_IsInvalidDataWithinFiveSeconds(int nodes, bool hasData)
    {
        var builder = new MmdbBuilder();
        var leaf = hasData ? builder.AddData("x") : -1;
        builder.Nodes.Clear();
        for (var next = 1; next < nodes; next++)
        {
            builder.Nodes.Add([next, next]);
        }
        builder.Nodes.Add(nodes == 1 ? [0, 0] : [leaf, leaf]);
        var parse = Task.Run(() => Parse(Found, builder.ToBytes()), TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<InvalidDataException>(
            () => parse.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken));
    }

    static AsnRange Row(string first, string last, uint asn, string name)
    {
        AddressRange.TryCreate(Address.Parse(first), Address.Parse(last), out var range);
        return new(range, new Asn(asn), name);
    }

    static Dictionary<string, object> Map(params (string Key, object Value)[] pairs) =>
        pairs.ToDictionary(pair => pair.Key, pair => pair.Value);

    FeedContent Parse(FeedFormat format, byte[] database, FeedLimits? limits = null)
    {
        var path = Path.Combine(_folder.FullName, $"{Guid.NewGuid():N}.mmdb");
        File.WriteAllBytes(path, database);
        return FeedParser.ParseMmdb(path, format, limits ?? FeedLimits.Default);
    }
}
