using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Service.Rpc;

/// <summary>The encoder of the current judge, made anew when the judge changes. A request takes it once, a stream once a message.</summary>
internal sealed class EncoderProvider(JudgeProvider judges)
{
    readonly Lock _making = new();
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
            return current?.Judge == judge ? current : Make(judge);
        }
    }

    // One thread makes it and the others wait: at the hour, every request would allocate its own.
    VerdictEncoder Make(Judge judge)
    {
        lock (_making)
        {
            if (_current?.Judge != judge)
            {
                Volatile.Write(ref _current, new VerdictEncoder(judge));
            }
            return _current!;
        }
    }
}
