using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Service.Lookup;

/// <summary>The renderers of the present judge, kept while it is: each holds some 8 bytes a profile and what it has rendered.</summary>
internal sealed class RowRenderers
{
    const int MaxKept = 4;

    readonly Lock _making = new();
    readonly Dictionary<(RowFormat Format, RowFields Fields), RowRenderer> _kept = [];
    Judge? _judge;

    /// <param name="judge">That of the request; a request that is behind the others gets a renderer of its own.</param>
    public RowRenderer For(Judge judge, RowFormat format, RowFields? fields)
    {
        var key = (format, fields ?? RowRenderer.DefaultFields(format));
        lock (_making)
        {
            if (_judge != judge || (_kept.Count >= MaxKept && !_kept.ContainsKey(key)))
            {
                _kept.Clear();
                _judge = judge;
            }
            return _kept.TryGetValue(key, out var known) ? known : _kept[key] = new RowRenderer(judge, key.Item1, key.Item2);
        }
    }
}
