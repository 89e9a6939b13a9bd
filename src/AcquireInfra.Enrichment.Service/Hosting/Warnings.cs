using System.Collections.Concurrent;

namespace AcquireInfra.Enrichment.Service.Hosting;

/// <summary>What an operator should know though every look-up is answered as it should be: sentences for readiness, one a topic.</summary>
internal sealed class Warnings
{
    readonly ConcurrentDictionary<string, (string Sentence, string Cause)> _current = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Current =>
        [.. _current.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value.Sentence)];

    /// <param name="sentence">Anyone may read it; null when all is well again.</param>
    /// <param name="cause">What lies behind it; for the log, and never shown.</param>
    /// <returns>False when the same was said before.</returns>
    public bool Set(string topic, string? sentence, string cause = "")
    {
        if (sentence is null)
        {
            return _current.TryRemove(topic, out _);
        }
        var wasThere = _current.TryGetValue(topic, out var before);
        _current[topic] = (sentence, cause);
        return !wasThere || before != (sentence, cause);
    }
}
