using System.Net.Sockets;
using System.Text;
using AcquireInfra.Enrichment.Addressing;
using CsCheck;

namespace AcquireInfra.Enrichment.Tests.Addressing;

public sealed class AddressParserTests
{
    public static TheoryData<AddressCases.Row> Cases => [.. AddressCases.All];

    [Fact]
    public void Cases_File_HasAllRows() => Assert.Equal(313, AddressCases.All.Count);

    [Theory, MemberData(nameof(Cases))]
    public void TryParse_Case_GivesItsAnswer(AddressCases.Row row)
    {
        var parsed = AddressParser.TryParse(row.Input, out var address, out var fault);
        Assert.Equal(row.Canonical, parsed ? address.ToString() : null);
        Assert.Equal(row.Canonical is null, fault != AddressFault.None);
    }

    [Theory, MemberData(nameof(Cases))]
    public void TryParse_CaseAsUtf8_AgreesWithUtf16(AddressCases.Row row)
    {
        if (row.Input.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar))
        {
            return; // half a surrogate pair has no UTF-8
        }
        var parsed = AddressParser.TryParse(Encoding.UTF8.GetBytes(row.Input), out var address, out _);
        Assert.Equal(row.Canonical, parsed ? address.ToString() : null);
    }

    // IPAddress is the slow twin: right on canonical text, and it knows nothing of our parser.
    [Fact]
    public void RoundTrip_AnyAddress_AgreesWithIPAddress() => Gen.Select(Gen.ULong, Gen.ULong, Gen.Int[0, 5]).Sample(
        (high, low, shape) =>
        {
            var address = Shaped(high, low, shape);
            var text = address.ToString();
            Assert.Equal(address.ToIPAddress().ToString(), text);
            Assert.True(Address.TryParse(Encoding.ASCII.GetBytes(text), out var again));
            Assert.Equal(address, again);
        }, iter: 100_000);

    [Fact]
    public void TryParse_OtherSpellingsOfOneAddress_GiveOneValue() => Gen.UInt.Sample(number =>
    {
        var plain = Address.FromIPv4(number).ToString();
        string[] spellings =
        [
            plain, $"::ffff:{plain}", $"::FFFF:{number >> 16:x4}:{number & 0xFFFF:x4}", $"0:0:0:0:0:ffff:{plain}", $"[::ffff:{plain}]:443",
            plain.Replace(".", "[.]", StringComparison.Ordinal), $" {plain}:80", $"{plain}/32",
        ];
        foreach (var spelling in spellings)
        {
            Assert.Equal(Address.FromIPv4(number), Address.Parse(spelling));
        }
    }, iter: 20_000);

    // The vector parser against its scalar twin, on valid texts with one character changed: half of them stay valid.
    [Fact]
    public void IPv4Text_MutatedText_VectorAgreesWithScalar()
    {
        var (accepted, refused) = (0, 0);
        var random = new Random(20261124);
        Span<byte> text = stackalloc byte[20];
        for (var round = 0; round < 300_000; round++)
        {
            var length = AddressFormatter.Format(Address.FromIPv4((uint)random.NextInt64(1L << 32) >> random.Next(0, 24)), text);
            var changed = text[..length];
            if (round % 2 == 0)
            {
                changed[random.Next(length)] = "0123456789.:/ a"u8[random.Next(15)];
            }
            var expected = IPv4Text.Parse(changed, out var slow) == AddressFault.None;
            Assert.True(expected == IPv4Text.TryParse(changed, out var fast), Encoding.ASCII.GetString(changed));
            Assert.True(!expected || slow == fast, Encoding.ASCII.GetString(changed));
            _ = expected ? accepted++ : refused++;
        }
        Assert.True(accepted > 100_000 && refused > 10_000, $"{accepted} accepted, {refused} refused: one side is not tested");
    }

    [Fact]
    public void TryParse_RandomBytes_NeverThrowsAndAgreesWithIPAddressWhereAccepted() => Gen.Byte.Array[0, 60].Sample(bytes =>
    {
        if (AddressParser.TryParse(bytes, out var address, out var fault))
        {
            Assert.True(address.ToIPAddress().AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6);
        }
        else
        {
            Assert.NotEqual(AddressFault.None, fault);
            Assert.NotEqual("none", fault.Word());
        }
    }, iter: 100_000);

    [Fact]
    public void TryParse_ValidTexts_AllocatesNothing()
    {
        byte[][] texts = [.. new[] { "192.0.2.7", "2001:db8::7", "[2001:db8::1]:443", "192[.]0[.]2[.]7:80", "::ffff:192.0.2.1" }
            .Select(Encoding.ASCII.GetBytes)];
        static int ParseAll(byte[][] texts) => texts.Count(text => AddressParser.TryParse(text, out _, out _));
        ParseAll(texts);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var parsed = 0;
        foreach (var text in texts)
        {
            parsed += AddressParser.TryParse(text, out _, out _) ? 1 : 0;
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(texts.Length, parsed);
    }

    static Address Shaped(ulong high, ulong low, int shape) => shape switch
    {
        0 => Address.FromIPv4((uint)low),
        1 => new(high & 0xFFFF_0000_0000_FFFF, low & 0x0000_FFFF_FFFF_0000), // runs of zeros
        2 => new(0, low & 0xFFFF_FFFF),                                        // IPv4-compatible
        3 => new(0, 0xFFFF_0000_0000_0000 | low & 0xFFFF_FFFF),                // IPv4-translated
        4 => new(high, 0x0000_5EFE_0000_0000 | low & 0xFFFF_FFFF),             // ISATAP
        _ => new(high, low),
    };
}
