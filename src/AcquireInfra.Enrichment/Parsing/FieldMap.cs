using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Parsing;

/// <summary>The paths of a format, each with the slots it feeds: a path may serve as field and as filter.</summary>
internal sealed class FieldMap
{
    readonly List<(string Path, int Slot)> _paths = [];

    public FieldMap(FeedFormat format)
    {
        AddAll(FieldSlot.Prefix, format.Prefix);
        AddAll(FieldSlot.Asn, format.Asn);
        AddOne(FieldSlot.First, format.First);
        AddOne(FieldSlot.Last, format.Last);
        AddOne(FieldSlot.Name, format.Name);
        AddOne(FieldSlot.Provider, format.Provider);
        AddOne(FieldSlot.Confidence, format.Confidence);
        AddOne(FieldSlot.FirstSeen, format.FirstSeen);
        AddOne(FieldSlot.LastSeen, format.LastSeen);
        FirstFilterSlot = (int)FieldSlot.Dynamic;
        foreach (var filter in format.Where)
        {
            _paths.Add((filter.Field, FirstFilterSlot + Filters.Count));
            Filters.Add(filter);
        }
        FirstFlagSlot = FirstFilterSlot + Filters.Count;
        foreach (var (path, word) in format.CategoryFlags.OrderBy(flag => flag.Key, StringComparer.Ordinal))
        {
            if (!Verdicts.Categories.TryParse(word, out var category))
            {
                throw new FormatException($"categoryFlags: '{word}' is no category; use one of {string.Join(", ", Verdicts.Categories.All)}.");
            }
            _paths.Add((path, FirstFlagSlot + Flags.Count));
            Flags.Add(category);
        }
    }

    public IReadOnlyList<(string Path, int Slot)> Paths => _paths;

    public int FirstFilterSlot { get; }

    public int FirstFlagSlot { get; }

    public List<FeedFilter> Filters { get; } = [];

    public List<Category> Flags { get; } = [];

    void AddAll(FieldSlot slot, IReadOnlyList<string> paths)
    {
        foreach (var path in paths)
        {
            _paths.Add((path, (int)slot));
        }
    }

    void AddOne(FieldSlot slot, string? path)
    {
        if (path is not null)
        {
            _paths.Add((path, (int)slot));
        }
    }
}
