using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Service.Lookup;

/// <summary>The renderers of the present judge, kept while it is: each holds some 8 bytes a profile and what it has rendered.</summary>
internal sealed class RowRenderers
{
    const int MaxKept = 4;

    readonly Lock _making = new();
    readonly List<((RowFormat, RowFields) Key, RowRenderer Renderer)> _kept = []; // the one used last comes last
    Judge? _judge;

    /// <param name="judge">That of the request; a request of an hour that is over gets a renderer of its own.</param>
    public RowRenderer For(Judge judge, RowFormat format, RowFields? fields)
    {
        var key = (format, fields ?? RowRenderer.DefaultFields(format));
        lock (_making)
        {
            if (judge.At < _judge?.At)
            {
                return new(judge, format, key.Item2);
            }
            if (_judge != judge)
            {
                _kept.Clear();
                _judge = judge;
            }
            var at = _kept.FindIndex(kept => kept.Key == key);
            var renderer = at >= 0 ? _kept[at].Renderer : new(judge, format, key.Item2);
            if (at >= 0 || _kept.Count == MaxKept)
            {
                _kept.RemoveAt(Math.Max(at, 0));
            }
            _kept.Add((key, renderer));
            return renderer;
        }
    }
}
