using AcquireInfra.Enrichment.Exports;

namespace AcquireInfra.Enrichment.Tests.Exports;

public sealed class ItemReaderTests
{
    [Theory]
    [InlineData("2026-11-24T12:00:00Z", "2026-11-24T12:00:00.0000000+00:00")]
    [InlineData("2026-11-24T12:00Z", "2026-11-24T12:00:00.0000000+00:00")]
    [InlineData("2026-11-24T12:00:00.5Z", "2026-11-24T12:00:00.5000000+00:00")]
    [InlineData("2026-11-24T12:00:00.1234567Z", "2026-11-24T12:00:00.1234567+00:00")]
    [InlineData("2024-02-29T23:59:59Z", "2024-02-29T23:59:59.0000000+00:00")]
    [InlineData("11/12/2026", null)]                  // which of the two is the month?
    [InlineData("11/12/2026 12:00:00", null)]
    [InlineData("2026-11-24", null)]                  // midnight where?
    [InlineData("2026-11-24T12:00:00", null)]
    [InlineData("2026-11-24T12:00:00+01:00", null)]   // UTC only
    [InlineData("2026-11-24t12:00:00Z", null)]
    [InlineData("2026-11-24 12:00:00Z", null)]
    [InlineData(" 2026-11-24T12:00:00Z", null)]
    [InlineData("2026-11-24T12:00:00Z\n", null)]
    [InlineData("2026-11-24T24:00:00Z", null)]
    [InlineData("2026-11-24T12:60:00Z", null)]
    [InlineData("2026-13-01T00:00:00Z", null)]
    [InlineData("2025-02-29T00:00:00Z", null)]
    [InlineData("26-11-24T12:00:00Z", null)]
    [InlineData("2026-11-24T12:00:00.12345678Z", null)]
    [InlineData("٢٠٢٦-11-24T12:00:00Z", null)]
    [InlineData("1795521600", null)]
    [InlineData("now", null)]
    [InlineData("", null)]
    public void TryReadTime_Text_IsStrict(string text, string? expected)
    {
        var read = UtcTime.TryParse(text, out var time);
        Assert.Equal(expected, read ? time.ToString("O") : null);
    }
}
