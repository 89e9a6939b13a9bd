using System.ComponentModel;
using System.Security.Cryptography;
using System.Text;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Service.Auth;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Service.Limits;
using AcquireInfra.Enrichment.Service.Lookup;
using AcquireInfra.Enrichment.Service.OpenApi;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace AcquireInfra.Enrichment.Service.Exporting;

/// <summary>Exports over REST: files that change when the data does, so that whoever asks again is told so in a few bytes.</summary>
internal static class ExportEndpoints
{
    const string AttributionPath = "/v1/exports/attribution.txt";

    public static IHostApplicationBuilder AddExports(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ExportFiles>();
        return builder;
    }

    public static void MapExports(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/exports").WithTags("Exports").RequireRateLimiting(LimitPolicy.BulkJobs).RequireAuthorization(Roles.Bulk);
        MapFile(
            group, SnapshotExport.Watchlist, "GetWatchlist", "Download a watchlist",
            "CSV for a watchlist of Microsoft Sentinel: hostile, anonymizing and hosting prefixes.");
        MapFile(group, SnapshotExport.Ranges, "GetRanges", "Download all ranges", "CSV of all prefixes in any category, with what is known of them.");
        MapFile(group, SnapshotExport.Mmdb, "GetMmdb", "Download a MaxMind DB", "All prefixes with an ASN or a category, for any reader of MaxMind DBs.");
        group.MapGet("/edl.txt", GetAddressListAsync)
            .WithName("GetAddressList")
            .WithSummary("Download a list for firewalls")
            .WithDescription("One prefix a line: what is at least of a level, and in one of some categories.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain")
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblems(ProblemKind.BadRequest);
        group.MapGet("/attribution.txt", GetAttribution)
            .WithName(nameof(GetAttribution))
            .WithSummary("Download whose data it is")
            .WithDescription("Of each source that the exports are made of: name, licence, attribution, homepage and date.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain")
            .RequireRateLimiting(LimitPolicy.Lookups); // some lines, made in no time
    }

    static void MapFile(RouteGroupBuilder group, SnapshotExport export, string name, string summary, string description) =>
        group.MapGet("/" + export.FileName, (HttpContext context, ExportFiles files, IOptions<EnrichmentOptions> options) => SendFileAsync(export, context, files, options))
            .WithName(name)
            .WithSummary(summary)
            .WithDescription(description)
            .Produces<string>(StatusCodes.Status200OK, export.ContentType.Split(';')[0])
            .Produces(StatusCodes.Status304NotModified);

    static async Task<IResult> SendFileAsync(SnapshotExport export, HttpContext context, ExportFiles files, IOptions<EnrichmentOptions> options)
    {
        var isGzip = AcceptsGzip(context.Request);
        if (await files.OpenAsync(export, isGzip, context.RequestAborted) is not var (file, content))
        {
            return Problems.NoSnapshot();
        }
        Begin(context, file.SnapshotId, options.Value);
        context.Response.Headers.Vary = HeaderNames.AcceptEncoding;
        if (isGzip)
        {
            context.Response.Headers.ContentEncoding = "gzip";
        }
        var tag = new EntityTagHeaderValue($"\"{file.Hash}{(isGzip ? "-gzip" : "")}\"");
        return TypedResults.Stream(content, export.ContentType, export.FileName, file.DataAsOf, tag);
    }

    internal static async Task<IResult> GetAddressListAsync(
        [Description("The lowest level: minimal, low, medium, high or critical. Default: high.")] string? level,
        [Description("Categories, parted by commas; any by default.")] string? category,
        HttpContext context,
        ExportFiles files,
        JudgeProvider judges,
        IOptions<EnrichmentOptions> options)
    {
        if (AddressListQuery.Parse(level, category, out var filter) is { } wrong)
        {
            return Problems.BadRequest(wrong);
        }
        if (filter == AddressListFilter.Default)
        {
            return await SendFileAsync(SnapshotExport.Edl, context, files, options);
        }
        if (judges.Current is not { } judge)
        {
            return Problems.NoSnapshot();
        }
        var list = await files.ListAsync(judge, filter, context.RequestAborted);
        Begin(context, judge.Snapshot.Id, options.Value);
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(list).AsSpan(0, 16))}\"");
        return TypedResults.Bytes(list, SnapshotExport.Edl.ContentType, SnapshotExport.Edl.FileName, entityTag: tag, lastModified: judge.Snapshot.DataAsOf);
    }

    internal static Results<ContentHttpResult, ProblemHttpResult> GetAttribution(JudgeProvider judges) => judges.Current is { } judge
        ? TypedResults.Text(AttributionText.Of(judge), "text/plain", Encoding.UTF8)
        : Problems.NoSnapshot();

    static void Begin(HttpContext context, string snapshotId, EnrichmentOptions options)
    {
        context.EndAfter(options.DownloadDeadline);
        context.Request.Headers.IfModifiedSince = default; // another snapshot or policy may have data of the same date: only the tag tells
        context.Response.Headers[Manners.SnapshotHeader] = snapshotId;
        Manners.Revalidate(context.Response);
        context.Response.Headers.Link = $"<{AttributionPath}>; rel=\"license\"";
    }

    static bool AcceptsGzip(HttpRequest request) =>
        request.GetTypedHeaders().AcceptEncoding is { } accepted && accepted.Any(coding => coding.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase) && coding.Quality is not 0);
}
