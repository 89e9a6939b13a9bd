using System.Globalization;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Service.Limits;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Rpc;

/// <summary>
/// Before a unary call begins: its deadline is no later than the service's own, so that the framework ends what hangs, reading included;
/// and its body may be as long as a message. Streams end by themselves, between two messages: the framework would reset them.
/// </summary>
internal static class CallLimits
{
    const string TimeoutHeader = "grpc-timeout";
    const int FrameHeadBytes = 5;
    const int MaxDigits = 8;

    public static WebApplication UseCallLimits(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<EnrichmentOptions>>().Value;
        var longest = options.GrpcUnaryDeadline;
        var header = string.Create(CultureInfo.InvariantCulture, $"{(long)longest.TotalMilliseconds}m");
        app.Use((context, next) =>
        {
            if (context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>() is not { Method.Type: MethodType.Unary })
            {
                return next(context);
            }
            // The framework takes no time at all for no deadline.
            if (!TryReadTimeout(context.Request.Headers[TimeoutHeader].ToString(), out var asked) || asked > longest || asked == TimeSpan.Zero)
            {
                context.Request.Headers[TimeoutHeader] = header;
            }
            context.AllowBody(options.MaxGrpcMessageBytes + FrameHeadBytes);
            return next(context);
        });
        return app;
    }

    /// <summary>Reads one to eight digits and a unit, as the gRPC protocol has it.</summary>
    internal static bool TryReadTimeout(ReadOnlySpan<char> text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > MaxDigits + 1
            || !long.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return false;
        }
        var ticks = text[^1] switch
        {
            'H' => TimeSpan.TicksPerHour,
            'M' => TimeSpan.TicksPerMinute,
            'S' => TimeSpan.TicksPerSecond,
            'm' => TimeSpan.TicksPerMillisecond,
            'u' => TimeSpan.TicksPerMicrosecond,
            'n' => 0, // less than the clock tells: no time at all
            _ => -1,
        };
        timeout = new(count * Math.Max(ticks, 0));
        return ticks >= 0;
    }
}
