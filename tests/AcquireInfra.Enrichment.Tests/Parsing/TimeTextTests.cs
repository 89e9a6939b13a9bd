using System.Text;
using AcquireInfra.Enrichment.Parsing;

namespace AcquireInfra.Enrichment.Tests.Parsing;

public sealed class TimeTextTests
{
    [Theory]
    [InlineData("2026-08-22T03:04:05Z", "2026-08-22T03:04:05.0000000+00:00")]
    [InlineData("2026-08-22T03:04:05", "2026-08-22T03:04:05.0000000+00:00")]            // no zone is UTC
    [InlineData("2026-08-22T03:04:05+02:00", "2026-08-22T01:04:05.0000000+00:00")]
    [InlineData("2026-08-22T00:04:05+02:00", "2026-08-21T22:04:05.0000000+00:00")]      // another day in UTC
    [InlineData("2026-08-22T03:04:05.123456", "2026-08-22T03:04:05.1234560+00:00")]     // Google
    [InlineData("2026-08-22T03:04:05.123456789Z", null)]                                // finer than a tick
    [InlineData("2026-08-22T03:04:05.5-07:00", "2026-08-22T10:04:05.5000000+00:00")]
    [InlineData("2026-08-22 03:04:05", "2026-08-22T03:04:05.0000000+00:00")]            // Onionoo
    [InlineData("2026-08-22 03:04:05Z", "2026-08-22T03:04:05.0000000+00:00")]
    [InlineData("2026-08-22 03:04:05.25", "2026-08-22T03:04:05.2500000+00:00")]
    [InlineData("2026-08-22", "2026-08-22T00:00:00.0000000+00:00")]
    [InlineData("2026-08-22-03-04-05", "2026-08-22T03:04:05.0000000+00:00")]            // AWS
    [InlineData("Sat, 22 Aug 2026 03:04:05 +0200", "2026-08-22T01:04:05.0000000+00:00")] // RFC 5322
    [InlineData("Sat, 22 Aug 2026 03:04:05 -0730", "2026-08-22T10:34:05.0000000+00:00")]
    [InlineData("Sat, 1 Aug 2026 03:04:05 +0000", "2026-08-01T03:04:05.0000000+00:00")]
    [InlineData("Sat, 22 Aug 2026 03:04:05 GMT", "2026-08-22T03:04:05.0000000+00:00")]  // RFC 9110
    [InlineData("20260822", "2026-08-22T00:00:00.0000000+00:00")]                       // MISP
    [InlineData("1787367845", "2026-08-22T03:04:05.0000000+00:00")]
    [InlineData("1787367845678", "2026-08-22T03:04:05.6780000+00:00")]
    [InlineData(" \"2026-08-22\" \t", "2026-08-22T00:00:00.0000000+00:00")]             // quotes and blanks round it
    [InlineData("", null)]
    [InlineData("\"\"", null)]
    [InlineData("7", null)]                                                             // a number that is no time
    [InlineData("20261322", null)]                                                      // no month 13
    [InlineData("-1787367845", null)]
    [InlineData("99999999999999999999", null)]                                          // more than 64 bits
    [InlineData("2026-02-29", null)]                                                    // no leap year
    [InlineData("2026-08-22T25:00:00Z", null)]
    [InlineData("0001-01-01T00:00:00+14:00", null)]                                     // before the calendar begins in UTC
    [InlineData("Mon, 22 Aug 2026 03:04:05 +0200", null)]                               // it was a Saturday
    [InlineData("22/08/2026", null)]                                                    // 22 August to one, no date to another
    [InlineData("08/09/2026", null)]                                                    // two dates at once
    [InlineData("2026-08-22 and more", null)]
    [InlineData("yesterday", null)]
    [InlineData("２０２６-08-22", null)]                                                   // other digits
    public void Read_Text_IsTheUtcTime(string text, string? expected) =>
        Assert.Equal(expected, TimeText.Read(Encoding.UTF8.GetBytes(text))?.ToString("O"));

    [Fact]
    public void Read_LongText_IsNoTime() => Assert.Null(TimeText.Read(Encoding.UTF8.GetBytes(new string('1', 10_000))));

    [Fact]
    public void Read_BytesThatAreNoText_IsNoTime() => Assert.Null(TimeText.Read([0xFF, 0xFE, 0x00, 0xC0, 0xAF]));
}
