using System.Buffers.Binary;
using System.Text.Json;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Tests.Addressing;
using AcquireInfra.Enrichment.V1;
using Google.Protobuf;

namespace AcquireInfra.Enrichment.Service.Tests.Rpc;

/// <summary>JSON, explained, flat and packed say the same of the same address, field by field.</summary>
public sealed class SameVerdictTests(ServiceFixture fixture) : IDisposable
{
    readonly RpcClient _client = new(fixture.Service);

    [Fact]
    public async Task Verdicts_RandomAndEdgeAddresses_AreTheSameInEveryForm()
    {
        var addresses = Addresses();
        var ips = addresses.ConvertAll(address => address.ToString());
        var (json, flat, explained, packed) = await AskAsync(addresses, ips);
        var judged = 0;
        for (var at = 0; at < ips.Count; at++)
        {
            var verdict = flat.Results[at].Verdict;
            AssertFlat(json[at], verdict);
            AssertExplained(json[at], explained.Results[at].Verdict);
            AssertPacked(verdict, packed, at);
            Assert.Equal(verdict, FlatPartOf(explained.Results[at].Verdict));
            judged += verdict.HasScore && verdict.Score > 0 ? 1 : 0;
        }
        Assert.True(flat.Results.Count(result => result.Verdict.Override is not null) > 20, "too few addresses are overridden");
        Assert.True(judged > 100, $"only {judged} of {ips.Count} addresses have a score: the test would pass on a constant");
        Assert.True(explained.Results.Count(result => result.Verdict.Embedded is not null) > 10, "too few addresses carry another");
    }

    // Where nothing is known the family decides what was looked for: this list has no IPv6.
    [Fact]
    public async Task Verdicts_UnknownAddressesOfBothFamilies_AreNotMixedUp()
    {
        using var folder = new TemporaryFolder();
        await using var service = await SmallData.StartAsync(folder);
        using var client = new RpcClient(service);
        using var call = client.Stream();
        string[] ips = ["8.8.8.8", "2606:4700::1", "8.8.4.4", "2606:4700::2", "10.0.0.1", "fc00::1"];
        var flat = await call.AskAsync(new() { Ips = { ips } });
        var explained = await call.AskAsync(new() { Ips = { ips }, Detail = Detail.Explained });
        Assert.Equal(explained.Results.Select(result => FlatPartOf(result.Verdict)), flat.Results.Select(result => result.Verdict));
        Assert.Equal([true, false, true, false, false, false], flat.Results.Select(result => result.Verdict.HasIsHosting));
    }

    // All four in one hour: a verdict is of an hour, and the test may run when it strikes.
    async Task<(List<JsonElement> Json, StreamScoreIpResponse Flat, StreamScoreIpResponse Explained, PackedVerdicts Packed)> AskAsync(
        List<Address> addresses, List<string> ips)
    {
        while (true)
        {
            using var call = _client.Stream();
            var flat = await call.AskAsync(new() { Ips = { ips } });
            var explained = await call.AskAsync(new() { Items = { ips.Select(ip => new Item { Ip = ip }) }, Detail = Detail.Explained });
            var json = await fixture.Rest.BatchAsync(ips.Select(Wire.Quote));
            var packed = await call.AskAsync(new() { Packed = Pack(addresses) });
            if (flat.Basis.Equals(packed.Basis))
            {
                return ([.. json.Json.GetProperty("results").EnumerateArray()], flat, explained, packed.Packed);
            }
        }
    }

    // All IPv4 first, as the packed form has them; some of the IPv4 ones are sent as ::ffff: in the IPv6 column.
    static List<Address> Addresses()
    {
        var random = new Random(42);
        var cases = AddressCases.All.Where(row => row.Canonical is not null).Select(row => Address.Parse(row.Canonical!));
        var edges = SpecialPurpose.Entries.SelectMany(entry => (Address[])[entry.Prefix.First, entry.Prefix.Last]);
        var ipv4 = Enumerable.Range(0, 2_000).Select(_ => Address.FromIPv4((uint)random.NextInt64(1L << 32)));
        var ipv6 = Enumerable.Range(0, 1_000).Select(_ => new Address(0x2000UL << 48 | (ulong)random.NextInt64(0x0FFF_FFFF_FFFF), (ulong)random.NextInt64()));
        var networks = Enumerable.Range(0, 500).Select(_ => new Address(0x2001_0000UL << 32 | (ulong)random.NextInt64(0x0FFF_FFFF) << 20, 1));
        var inside = Enumerable.Range(0, 50).Select(_ => new Address(0x2002UL << 48 | (ulong)random.NextInt64(1L << 32) << 16, 1));
        Address[] known = [Address.Parse("159.65.1.1"), Address.Parse("2001:41d0:1::1"), Address.Parse("64:ff9b::9f41:101"), Address.Parse("104.16.0.1")];
        return [.. ((IEnumerable<Address>)[.. cases, .. edges, .. ipv4, .. ipv6, .. networks, .. inside, .. known]).OrderBy(address => !address.IsIPv4)];
    }

    static PackedAddresses Pack(List<Address> addresses)
    {
        var ipv4 = addresses.TakeWhile((address, at) => address.IsIPv4 && at < 1_000).ToList();
        var rest = addresses.Skip(ipv4.Count).SelectMany(address =>
        {
            var octets = new byte[16];
            BinaryPrimitives.WriteUInt128BigEndian(octets, address.Value);
            return octets;
        });
        return new() { Ipv4 = { ipv4.Select(address => address.IPv4) }, Ipv6 = ByteString.CopyFrom([.. rest]) };
    }

    static void AssertFlat(JsonElement json, Verdict verdict)
    {
        string Text(string name) => json.GetProperty(name).GetString() ?? "";
        long? Number(string name) => json.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetInt64() : null;
        bool? Flag(string name) => json.GetProperty(name) is { ValueKind: not JsonValueKind.Null } flag ? flag.GetBoolean() : null;

        Assert.Equal((Text("ip"), Text("scope"), Text("network")), (verdict.Ip, verdict.Scope, verdict.Network));
        Assert.Equal((Number("asn"), Text("asnName"), Text("asnRole")), (verdict.HasAsn ? verdict.Asn : null, verdict.AsnName, verdict.AsnRole));
        Assert.Equal((Text("verdict"), Text("level"), Text("provider")), (WordOf(verdict.Kind), WordOf(verdict.Level), verdict.Provider));
        Assert.Equal(
            (Number("score"), Number("rawScore"), Number("confidence")),
            (verdict.HasScore ? verdict.Score : null, verdict.HasRawScore ? verdict.RawScore : null, verdict.HasConfidence ? verdict.Confidence : null));
        Assert.Equal(json.GetProperty("categories").EnumerateArray().Select(word => word.GetString()), verdict.Categories.Select(WordOf));
        Assert.Equal(
            (Flag("isHosting"), Flag("isVpn"), Flag("isProxy"), Flag("isResidentialProxy"), Flag("isTor")),
            (verdict.HasIsHosting ? verdict.IsHosting : null, verdict.HasIsVpn ? verdict.IsVpn : null, verdict.HasIsProxy ? verdict.IsProxy : null,
                verdict.HasIsResidentialProxy ? verdict.IsResidentialProxy : null, verdict.HasIsTor ? verdict.IsTor : (bool?)null));
        Assert.Equal(
            (Flag("isRelay"), Flag("isBulletproof"), Flag("isCdn"), Flag("isCrawler"), Flag("isMobile")),
            (verdict.HasIsRelay ? verdict.IsRelay : null, verdict.HasIsBulletproof ? verdict.IsBulletproof : null, verdict.HasIsCdn ? verdict.IsCdn : null,
                verdict.HasIsCrawler ? verdict.IsCrawler : null, verdict.HasIsMobile ? verdict.IsMobile : (bool?)null));
        Assert.Equal(verdict.HasScore, verdict.HasAssessed);
        AssertOverride(json.GetProperty("override"), verdict.Override);
        Assert.Equal(
            (verdict.HasIsHosting, verdict.HasIsTor, verdict.HasIsMobile),
            ((verdict.Assessed & 1) != 0, (verdict.Assessed >> 4 & 1) != 0, (verdict.Assessed >> 12 & 1) != 0));
    }

    static void AssertOverride(JsonElement json, Override? wire)
    {
        Assert.Equal(json.ValueKind == JsonValueKind.Null, wire is null);
        if (wire is not null)
        {
            var expected = json.Deserialize<OverrideResponse>(JsonSerializerOptions.Web)!;
            Assert.Equal((expected.Effect, expected.Points, string.Join(' ', expected.Tags)), (wire.Effect, wire.Points, string.Join(' ', wire.Tags)));
            Assert.Equal(
                expected.Applied.Select(one => (one.Id, one.Target, one.Effect, string.Join(' ', one.Categories), one.Tag ?? "", one.Reason, one.Owner, one.ExpiresAt)),
                wire.Applied.Select(one => (one.Id, one.Target, one.Effect, string.Join(' ', one.Categories.Select(WordOf)), one.Tag, one.Reason, one.Owner, one.ExpiresAt.ToDateTime())));
        }
    }

    static void AssertExplained(JsonElement json, Verdict verdict)
    {
        AssertFlat(json, verdict);
        Assert.Equal((json.GetProperty("reason").GetString(), json.GetProperty("dataAgeSeconds").GetInt64()), (verdict.Reason, verdict.DataAgeSeconds));
        Assert.Equal(json.GetProperty("unassessed").EnumerateArray().Select(word => word.GetString()), verdict.Unassessed.Select(WordOf));
        Assert.Equal(json.GetProperty("warnings").EnumerateArray().Select(word => word.GetString()), verdict.Warnings);
        var points = json.GetProperty("points").Deserialize<List<PointsResponse>>(JsonSerializerOptions.Web)!;
        Assert.Equal(points.Count, verdict.Points.Count);
        foreach (var (expected, row) in points.Zip(verdict.Points))
        {
            Assert.Equal(
                (expected.Category, expected.Points, expected.Probability, expected.WithoutIt), (WordOf(row.Category), row.Points_, row.Probability, row.WithoutIt));
            Assert.Equal(expected.Evidence, row.Evidence.Select(evidence => new EvidenceResponse(
                evidence.Source, evidence.HasPrefix ? evidence.Prefix : null, evidence.HasAsn ? evidence.Asn : null,
                evidence.Provider.Length > 0 ? evidence.Provider : null, evidence.FirstSeen?.ToDateTime(), evidence.LastSeen.ToDateTime(),
                evidence.Reliability, evidence.Strength)));
        }
        var embedded = json.GetProperty("embedded");
        Assert.Equal(embedded.ValueKind == JsonValueKind.Null, verdict.Embedded is null);
        if (verdict.Embedded is { } inside)
        {
            Assert.Equal(embedded.GetProperty("scheme").GetString(), inside.Scheme);
            AssertExplained(embedded.GetProperty("verdict"), inside.Verdict);
        }
    }

    static void AssertPacked(Verdict verdict, PackedVerdicts packed, int at)
    {
        Assert.Equal(verdict.HasScore ? verdict.Score : 255, packed.Scores[at]);
        Assert.Equal((int)verdict.Level, packed.Levels[at]);
        Assert.Equal(verdict.HasAsn ? verdict.Asn : 0, packed.Asns[at]);
        Assert.Equal(verdict.Categories.Aggregate(0u, (bits, category) => bits | BitOf(category)), packed.Present[at]);
        Assert.Equal(verdict.HasIsHosting, (packed.Assessed[at] & BitOf(Category.Hosting)) != 0);
        Assert.Equal(verdict.HasIsTor, (packed.Assessed[at] & BitOf(Category.Tor)) != 0);
        Assert.Equal(verdict.HasIsCdn, (packed.Assessed[at] & BitOf(Category.Cdn)) != 0);
        Assert.Equal(0u, packed.Present[at] & ~packed.Assessed[at]);
    }

    static Verdict FlatPartOf(Verdict explained)
    {
        var flat = explained.Clone();
        flat.ClearDataAgeSeconds();
        flat.Reason = "";
        flat.Points.Clear();
        flat.Unassessed.Clear();
        flat.Warnings.Clear();
        flat.Embedded = null;
        return flat;
    }

    public void Dispose() => _client.Dispose();

    static uint BitOf(Category category) => 1u << (int)category - 1;

    // The names of the contract are those of the words: RISK_LEVEL_LOW is RiskLevel.Low is "low".
    static string WordOf<T>(T value)
        where T : struct, Enum =>
        value.Equals(default(T)) ? "" : char.ToLowerInvariant(value.ToString()[0]) + value.ToString()[1..];
}
