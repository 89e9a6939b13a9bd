using AcquireInfra.Enrichment.Tests.Addressing;
using AcquireInfra.Enrichment.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace AcquireInfra.Enrichment.Service.Tests.Rpc;

public sealed class ScoreIpTests(ServiceFixture fixture) : IDisposable
{
    readonly RpcClient _client = new(fixture.Service);

    [Fact]
    public async Task ScoreIp_Text_GivesFlatVerdictAndBasis()
    {
        var fresh = Timestamp.FromDateTimeOffset(DateTimeOffset.Parse(ServiceFixture.FreshHour, null).AddMinutes(7));
        var answer = await _client.ScoreAsync(new() { Ip = "159.65.1.1", At = fresh });
        var verdict = answer.Verdict;
        Assert.Equal(
            ("159.65.1.1", "global", "159.65.0.0/16", 14061u, "DigitalOcean, LLC", "hosting", "DigitalOcean"),
            (verdict.Ip, verdict.Scope, verdict.Network, verdict.Asn, verdict.AsnName, verdict.AsnRole, verdict.Provider));
        Assert.Equal((VerdictKind.Hosting, RiskLevel.Low, 22, 22, 32), (verdict.Kind, verdict.Level, verdict.Score, verdict.RawScore, verdict.Confidence));
        Assert.Equal([Category.Hosting], verdict.Categories);
        Assert.Equal((true, true, false, false), (verdict.IsHosting, verdict.HasIsVpn, verdict.IsVpn, verdict.HasIsProxy));
        Assert.Equal(("", false, 0, 0), (verdict.Reason, verdict.HasDataAgeSeconds, verdict.Points.Count, verdict.Unassessed.Count));
        Assert.Equal(ServiceFixture.FreshHour, answer.Basis.JudgedAt.ToDateTimeOffset().ToString("yyyy-MM-ddTHH:mm:ssZ", null));
        Assert.Equal(("p1", (await _client.SnapshotAsync()).Snapshot.SnapshotId), (answer.Basis.PolicyVersion, answer.Basis.SnapshotId));
    }

    [Theory]
    [InlineData("C0000201", "192.0.2.1", "documentation")]
    [InlineData("20010DB8000000000000000000000007", "2001:db8::7", "documentation")]
    [InlineData("00000000000000000000FFFF9F410101", "159.65.1.1", "global")]      // ::ffff: is the IPv4 address
    [InlineData("00000000", "0.0.0.0", "unspecified")]
    public async Task ScoreIp_Octets_AreTheAddress(string octets, string ip, string scope)
    {
        var verdict = await _client.VerdictAsync(new() { Octets = ByteString.CopyFrom(Convert.FromHexString(octets)) });
        Assert.Equal((ip, scope), (verdict.Ip, verdict.Scope));
        Assert.Equal(verdict, await _client.VerdictAsync(new() { Ip = ip }));
    }

    [Theory]
    [InlineData("64:ff9b::9f41:101", "nat64", "159.65.1.1")]
    [InlineData("2002:9f41:101::", "6to4", "159.65.1.1")]
    [InlineData("2001:0:1::60be:fefe", "teredo", "159.65.1.1")]
    public async Task ScoreIp_AddressInside_IsJudgedBeside(string ip, string scheme, string inside)
    {
        var verdict = await _client.VerdictAsync(new() { Ip = ip, Detail = Detail.Explained });
        Assert.Equal((scheme, inside, 14061u), (verdict.Embedded.Scheme, verdict.Embedded.Verdict.Ip, verdict.Embedded.Verdict.Asn));
        Assert.Null((await _client.VerdictAsync(new() { Ip = ip })).Embedded);
    }

    [Fact]
    public async Task ScoreIp_SpecialAddress_IsNotJudged()
    {
        var verdict = await _client.VerdictAsync(new() { Ip = "10.0.0.1" });
        Assert.Equal(new Verdict { Ip = "10.0.0.1", Scope = "private", Kind = VerdictKind.Special }, verdict);
    }

    [Fact]
    public async Task ScoreIp_EveryAddressCase_AnsweredAsWritten()
    {
        foreach (var row in AddressCases.All.Where(row => IsUnicode(row.Input)))
        {
            if (row.Canonical is { } canonical)
            {
                Assert.Equal(canonical, (await _client.VerdictAsync(new() { Ip = row.Input })).Ip);
                continue;
            }
            var error = await RpcError.OfAsync(() => _client.ScoreAsync(new() { Ip = row.Input }));
            Assert.Equal((StatusCode.InvalidArgument, "BAD_ADDRESS", "ip"), (error.Status, error.Info.Reason, error.Field));
        }
    }

    [Theory]
    [InlineData("", "empty", "")]
    [InlineData("010.1.1.1", "ipv4_leading_zero", "010.1.1.1")]
    [InlineData("192.0.2.0/24", "is_a_range", "192.0.2.0/24")]
    [InlineData("a\r\nb\u202E", "bad_character", "a\\u000D\\u000Ab\\u202E")]
    public async Task ScoreIp_TextThatIsNoAddress_SaysWhy(string ip, string reason, string given)
    {
        var error = await RpcError.OfAsync(() => _client.ScoreAsync(new() { Ip = ip }));
        Assert.Equal((StatusCode.InvalidArgument, "BAD_ADDRESS", "ip"), (error.Status, error.Info.Reason, error.Field));
        Assert.Equal((reason, given), (error.Info.Metadata["reason"], error.Info.Metadata["given"]));
        Assert.Contains($"'{given}'", error.Detail, StringComparison.Ordinal);
        Assert.Null(error.Retry); // the same text is wrong tomorrow too
    }

    [Theory, InlineData(0), InlineData(3), InlineData(5), InlineData(15), InlineData(17), InlineData(100_000)]
    public async Task ScoreIp_OctetsOfAnotherLength_AreRefused(int length)
    {
        var error = await RpcError.OfAsync(() => _client.ScoreAsync(new() { Octets = ByteString.CopyFrom(new byte[length]) }));
        Assert.Equal((StatusCode.InvalidArgument, "BAD_ADDRESS", "octets"), (error.Status, error.Info.Reason, error.Field));
        Assert.InRange(error.Info.Metadata["given"].Length, 2, 65);
    }

    [Theory]
    [InlineData(-62135596801, 0)]
    [InlineData(253402300800, 0)]
    [InlineData(long.MaxValue, 0)]
    [InlineData(0, -1)]
    [InlineData(0, 1_000_000_000)]
    public async Task ScoreIp_TimeThatIsNone_IsRefused(long seconds, int nanos)
    {
        var at = new Timestamp { Seconds = seconds, Nanos = nanos };
        var error = await RpcError.OfAsync(() => _client.ScoreAsync(new() { Ip = "192.0.2.1", At = at }));
        Assert.Equal((StatusCode.InvalidArgument, "BAD_REQUEST", "at"), (error.Status, error.Info.Reason, error.Field));
    }

    [Theory, InlineData(-62135596800, "0001-01-01T00"), InlineData(253402300799, "9999-12-31T23")]
    public async Task ScoreIp_FirstAndLastTime_AreJudgedAt(long seconds, string hour)
    {
        var answer = await _client.ScoreAsync(new() { Ip = "159.65.1.1", At = new() { Seconds = seconds } });
        Assert.StartsWith(hour, answer.Basis.JudgedAt.ToDateTimeOffset().ToString("yyyy-MM-ddTHH", null), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ScoreIp_UnknownDetail_IsRefused()
    {
        var error = await RpcError.OfAsync(() => _client.ScoreAsync(new() { Ip = "192.0.2.1", Detail = (Detail)3 }));
        Assert.Equal((StatusCode.InvalidArgument, "BAD_REQUEST", "detail"), (error.Status, error.Info.Reason, error.Field));
    }

    [Theory]
    [InlineData("0A02C0AF")]                       // no UTF-8
    [InlineData("0A03EDA080")]                     // half a surrogate pair
    [InlineData("0A7F31")]                         // ends early
    [InlineData("0A")]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFF")]
    [InlineData("00")]
    public async Task ScoreIp_BytesThatAreNoMessage_AreTheSendersFault(string bytes)
    {
        var error = await RpcError.OfAsync(() => _client.CallAsync<ScoreIpResponse>("ScoreIp", Convert.FromHexString(bytes)));
        Assert.Equal((StatusCode.InvalidArgument, "BAD_REQUEST"), (error.Status, error.Info.Reason));
    }

    [Fact]
    public async Task ScoreIp_BothFormsSent_TheLastOneCounts()
    {
        byte[] octetsThenText = [0x12, 4, 192, 0, 2, 1, 0x0A, 9, .. "192.0.2.2"u8];
        Assert.Equal("192.0.2.2", (await _client.CallAsync<ScoreIpResponse>("ScoreIp", octetsThenText)).Verdict.Ip);
    }

    public void Dispose() => _client.Dispose();

    // Protobuf text holds no half surrogate pairs; the client would replace them.
    static bool IsUnicode(string text) => !text.Any(char.IsSurrogate);
}
