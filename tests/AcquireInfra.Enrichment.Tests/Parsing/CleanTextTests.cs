using System.Text;
using AcquireInfra.Enrichment.Parsing;
using CsCheck;

namespace AcquireInfra.Enrichment.Tests.Parsing;

public sealed class CleanTextTests
{
    [Theory]
    [InlineData("Acme, Inc.", "Acme, Inc.")]
    [InlineData("  Acme\t", "Acme")]
    [InlineData("", "")]
    [InlineData("\0\r\n", "")]
    [InlineData("Ünïcode 株式会社 \U0001F600", "Ünïcode 株式会社 \U0001F600")]
    [InlineData("a\r\nb\tc\0d\u001Be", "a  b c d e")]                // log lines and terminals
    [InlineData("a\u0085b\u2028c\u2029d", "a b c d")]                // line ends of other kinds
    [InlineData("a\u202Eb\u200Bc\u200Fd\uFEFFe\u2066f", "a b c d e f")] // turns the text round, or is not seen
    [InlineData("a\U000E0041b", "a b")]                              // invisible tag characters
    [InlineData("a\uE000b\U000F0000c", "a b c")]                     // private use
    [InlineData("a\uFFFFb", "a b")]                                  // no character
    [InlineData("<b>&\"'=cmd", "<b>&\"'=cmd")]                       // markup is escaped where it goes out
    public void Of_Text_IsFitToBeShown(string text, string expected)
    {
        Assert.Equal(expected, CleanText.Of(text, 256));
        Assert.Equal(expected, CleanText.Of(Encoding.UTF8.GetBytes(text), 256));
    }

    [Theory]
    [InlineData(4, "abcd")]
    [InlineData(5, "abcd")]              // half a surrogate pair is nothing
    [InlineData(6, "abcd\U0001F600")]
    [InlineData(7, "abcd\U0001F600e")]
    [InlineData(0, "")]
    public void Of_LongText_IsCutBetweenCharacters(int maxCharacters, string expected) =>
        Assert.Equal(expected, CleanText.Of("abcd\U0001F600ef", maxCharacters));

    [Fact]
    public void Of_HalfASurrogatePair_IsReplaced()
    {
        Assert.Equal("a\uFFFDb", CleanText.Of("a\uD800b", 256));
        Assert.Equal("a\uFFFDb", CleanText.Of([(byte)'a', 0xFF, (byte)'b'], 256));
    }

    [Fact]
    public void Of_AnyText_IsShortPlainAndStaysAsItIs() => Gen.Char.Array[0, 40].Sample(characters =>
    {
        var cleaned = CleanText.Of(new string(characters), 20);
        Assert.True(cleaned.Length <= 20);
        Assert.DoesNotContain(cleaned, character => char.IsControl(character) || character is '\u2028' or '\u2029' or '\u202E');
        Assert.DoesNotContain(cleaned.EnumerateRunes(), rune => rune.Value is >= 0xD800 and <= 0xDFFF);
        Assert.Equal(cleaned, CleanText.Of(cleaned, 20)); // the second time changes nothing
    }, iter: 20_000);
}
