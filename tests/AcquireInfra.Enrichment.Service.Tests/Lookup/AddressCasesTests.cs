using System.Text.Json;
using AcquireInfra.Enrichment.Tests.Addressing;

namespace AcquireInfra.Enrichment.Service.Tests.Lookup;

/// <summary>The rows of <c>address-cases.tsv</c> at both doors of REST.</summary>
public sealed class AddressCasesTests(ServiceFixture fixture)
{
    public static TheoryData<AddressCases.Row> Cases => [.. AddressCases.All];

    [Fact]
    public async Task Batch_EveryCase_AnsweredInPlaceAsWritten()
    {
        var answer = await fixture.Rest.BatchAsync(AddressCases.All.Select(row => Wire.Quote(row.Input)));
        Assert.Equal(200, answer.Status);
        var results = answer.Json.GetProperty("results").EnumerateArray().ToList();
        Assert.Equal(313, results.Count);
        foreach (var (row, result) in AddressCases.All.Zip(results))
        {
            var canonical = result.TryGetProperty("ip", out var ip) ? ip.GetString() : null;
            Assert.True(row.Canonical == canonical, $"{row}: {canonical}");
            Assert.True(row.Canonical is not null || CodeOf(result) == "bad_address", $"{row}: {result}");
            Assert.True(row.Canonical is null || result.GetProperty("input").GetString() == row.Input, $"{row}: {result}");
        }
        var refused = AddressCases.All.Count(row => row.Canonical is null);
        var summary = answer.Json.GetProperty("summary");
        Assert.Equal((313, 313 - refused, refused), (Number(summary, "total"), Number(summary, "ok"), Number(summary, "failed")));
    }

    [Theory, MemberData(nameof(Cases))]
    public async Task Get_CaseInPath_AnsweredAsWritten(AddressCases.Row row)
    {
        var answer = await fixture.Rest.LookupAsync(row.Input);
        if (row.Canonical is not null)
        {
            Assert.Equal(200, answer.Status);
            Assert.Equal(row.Canonical, answer.Json.GetProperty("ip").GetString());
            return;
        }
        Assert.InRange(answer.Status, 400, 499);
        if (answer.Text.Length > 0)
        {
            Assert.Equal(("application/problem+json", "bad_address"), (answer.ContentType, answer.Code));
            return;
        }
        // What the web server itself refuses has no body: NUL, and a target of more than 8 KiB.
        Assert.True(row.Input.Contains('\0', StringComparison.Ordinal) || row.Input.Length > 2_000, $"{row}: no body");
    }

    static string? CodeOf(JsonElement result) =>
        result.TryGetProperty("error", out var error) ? error.GetProperty("code").GetString() : null;

    static int Number(JsonElement summary, string name) => summary.GetProperty(name).GetInt32();
}
