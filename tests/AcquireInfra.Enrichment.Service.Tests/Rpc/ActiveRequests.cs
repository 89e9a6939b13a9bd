using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace AcquireInfra.Enrichment.Service.Tests.Rpc;

/// <summary>Requests that one service is answering, as ASP.NET counts them.</summary>
internal sealed class ActiveRequests : IDisposable
{
    readonly MeterListener _listener = new();
    long _count;

    public ActiveRequests(RunningService service)
    {
        var factory = service.Services.GetRequiredService<IMeterFactory>(); // other services of this process have theirs
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == factory && instrument.Name == "http.server.active_requests")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, change, _, _) => Interlocked.Add(ref _count, change));
        _listener.Start();
    }

    public long Count => Interlocked.Read(ref _count);

    public void Dispose() => _listener.Dispose();
}
