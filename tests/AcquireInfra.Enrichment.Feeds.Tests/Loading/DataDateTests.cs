using System.Globalization;
using AcquireInfra.Enrichment.Feeds.Loading;

namespace AcquireInfra.Enrichment.Feeds.Tests.Loading;

public sealed class DataDateTests
{
    // Judged at noon on the 24th; each row is what the data states, what the manifest says, the file's time, and what is taken.
    public static TheoryData<string?, string?, string, string, string?> Cases => new()
    {
        { "2026-11-20", null, "2026-11-22", "2026-11-20", null },
        { "2026-11-20", "2026-11-21", "2026-11-22", "2026-11-20", null },                                    // its own date comes first
        { null, "2026-11-21", "2026-11-22", "2026-11-21", null },
        { null, null, "2026-11-22", "2026-11-22", "states no date; the file's own time, 2026-11-22, stands for it: give asOf" },
        { null, null, "2027-01-01", "2026-11-24T12:00", "states no date; the file's own time, 2026-11-24, stands for it: give asOf" },
        { "2026-11-25T12:00", null, "2026-11-22", "2026-11-25T12:00", null },                                // a day is the difference of zones
        { "2026-11-25T12:01", null, "2026-11-22", "2026-11-22", "states a date in the future, 2026-11-25; the file's own time, 2026-11-22, stands for it" },
        { "2999-01-01", "2026-11-21", "2026-11-22", "2026-11-21", "states a date in the future, 2999-01-01; the manifest's asOf, 2026-11-21, stands for it" },
        { "2026-11-22", "2026-08-21", "2026-11-22", "2026-11-22", null },                                    // the feed went on, the manifest did not
    };

    [Theory, MemberData(nameof(Cases))]
    public void Of_StatedManifestAndFile_IsTheFirstThatCanBeBelieved(string? stated, string? ofManifest, string ofFile, string expected, string? warning)
    {
        var date = DataDate.Of(At(stated), At(ofManifest), At(ofFile)!.Value, At("2026-11-24T12:00")!.Value, out var told);
        Assert.Equal((At(expected), warning), (date, told));
    }

    static DateTimeOffset? At(string? text) =>
        text is null ? null : DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
