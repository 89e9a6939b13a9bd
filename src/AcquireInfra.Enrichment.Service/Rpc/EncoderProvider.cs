using AcquireInfra.Enrichment.Service.Hosting;

namespace AcquireInfra.Enrichment.Service.Rpc;

/// <summary>The encoder of the current judge, made anew when the judge changes. A request takes it once, a stream once a message.</summary>
internal sealed class EncoderProvider(JudgeProvider judges)
{
    VerdictEncoder? _current;

    /// <summary>Null until there is a snapshot.</summary>
    public VerdictEncoder? Current
    {
        get
        {
            if (judges.Current is not { } judge)
            {
                return null;
            }
            var current = Volatile.Read(ref _current);
            if (current?.Judge == judge)
            {
                return current;
            }
            var next = new VerdictEncoder(judge); // two requests may both make one: they encode alike
            Volatile.Write(ref _current, next);
            return next;
        }
    }
}
