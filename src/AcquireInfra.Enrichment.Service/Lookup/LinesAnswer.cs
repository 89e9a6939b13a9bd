using System.Diagnostics;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Service.Limits;
using AcquireInfra.Enrichment.Service.Observability;
using AcquireInfra.Enrichment.Verdicts;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Options;
using MinDataRate = Microsoft.AspNetCore.Server.Kestrel.Core.MinDataRate;

namespace AcquireInfra.Enrichment.Service.Lookup;

/// <summary>
/// Answers lines as they come. Reading never waits for writing, since many clients send all before they read: what cannot be answered yet
/// is spooled. Once the answer has begun, what goes wrong is told after the last row.
/// </summary>
internal sealed class LinesAnswer(Drain drain, LookupJournal journal, IOptions<EnrichmentOptions> options, TimeProvider time)
{
    // A line of 14 bytes becomes a row of 450; what is in memory is some four blocks and their rows.
    const int BlockBytes = 32 * 1024;

    readonly EnrichmentOptions _options = options.Value;

    public async Task<IResult> AnswerAsync(HttpContext context, BulkRequest request, RowRenderer renderer, Judge judge)
    {
        var began = Stopwatch.GetTimestamp();
        if (context.Request.ContentLength > _options.MaxBulkBytes)
        {
            return Problems.BodyTooLarge(_options.MaxBulkBytes);
        }
        context.AllowBody(_options.MaxBulkBytes);
        var bulk = new BulkOptions(request.Lines!.Value, _options.MaxBulkLineBytes, _options.MaxBulkLines, BlockBytes);
        var classifier = new BulkClassifier(renderer, bulk);
        var answer = new AnswerStream(context.Response.Body, time);
        using var spool = new Spool(Path.Combine(_options.StateFolder, "spool"));
        var filling = FillAsync(context, spool);
        using var ends = new JobEnds(context, spool, answer, () => filling.IsCompleted, _options.BulkDeadline, drain, time);
        context.Response.ContentType = request.ContentType;
        context.Response.Headers[Manners.SnapshotHeader] = judge.Snapshot.Id;
        try
        {
            var problem = await RunAsync(classifier, spool, answer, context.RequestAborted);
            await filling; // the sender gets to the end of what it has to say, and to the answer
            if (problem is not null && !classifier.HasBegun)
            {
                context.Response.ContentType = null;
                return Problems.Of(problem.Kind, problem.Detail);
            }
            await answer.WriteAsync(End(request.Format, renderer, classifier, judge, problem), context.RequestAborted);
            return TypedResults.Empty;
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            return TypedResults.Empty; // nobody is there to be told
        }
        finally
        {
            spool.Discard();
            await filling;
            journal.Answered(context, LookupDoor.RestStream, (int)Math.Min(classifier.Total, int.MaxValue), began);
        }
    }

    async Task<BulkProblem?> RunAsync(BulkClassifier classifier, Spool spool, AnswerStream answer, CancellationToken cancelled)
    {
        try
        {
            var end = await classifier.RunAsync(spool, answer, cancelled);
            spool.Discard();
            return end switch
            {
                BulkEnd.TooManyLines => new(ProblemKind.TooManyItems, $"There are more than {_options.MaxBulkLines} lines, and no more are answered at once. Send the rest by itself."),
                BulkEnd.NoIpColumn => new(ProblemKind.BadRequest, "The first line is no header with a column \"ip\". Send one, or text/plain with an address a line."),
                _ => null,
            };
        }
        catch (BulkEndedException ended)
        {
            return ended.Problem;
        }
        catch (BadHttpRequestException exception)
        {
            return exception.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? new(ProblemKind.BodyTooLarge, $"A stream has at most {_options.MaxBulkBytes} bytes. Send it in parts.")
                : new(ProblemKind.BadRequest, "The body ends early, or its chunks are malformed.");
        }
        catch (SpoolException exception)
        {
            return new(ProblemKind.Overloaded, exception.Message);
        }
    }

    // A sender that has not sent all does not read either; how slowly it may read is no matter until then.
    static async Task FillAsync(HttpContext context, Spool spool)
    {
        var rate = context.Features.Get<IHttpMinResponseDataRateFeature>();
        var slowest = rate?.MinDataRate;
        Set(rate, null);
        await spool.FillAsync(context.Request.Body, context.RequestAborted);
        Set(rate, slowest);
    }

    static void Set(IHttpMinResponseDataRateFeature? feature, MinDataRate? rate)
    {
        if (feature is not null)
        {
            feature.MinDataRate = rate;
        }
    }

    static byte[] End(RowFormat format, RowRenderer renderer, BulkClassifier classifier, Judge judge, BulkProblem? problem)
    {
        if (format == RowFormat.Csv)
        {
            return problem is null ? [] : renderer.CsvEnd(classifier.Layout, problem.Kind);
        }
        var error = problem is null ? null : new ErrorResponse(problem.Kind.Code, null, problem.Detail);
        return BulkAnswer.Trailer(format, judge, classifier.Total, classifier.Failed, error);
    }
}
