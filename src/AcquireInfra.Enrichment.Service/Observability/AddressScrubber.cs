using System.Diagnostics;
using OpenTelemetry;

namespace AcquireInfra.Enrichment.Service.Observability;

/// <summary>
/// Takes out of a request's span what holds the looked-up address: the path, the query, the whole URL. The route template, which
/// <c>http.route</c> has, stands for them.
/// </summary>
internal sealed class AddressScrubber : BaseProcessor<Activity>
{
    static readonly string[] WithPath = ["url.path", "url.query", "url.full", "http.target", "http.url"];

    public override void OnEnd(Activity data)
    {
        foreach (var name in WithPath)
        {
            data.SetTag(name, null); // removes it
        }
    }
}
