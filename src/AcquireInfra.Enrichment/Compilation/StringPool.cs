using System.Text;

namespace AcquireInfra.Enrichment.Compilation;

/// <summary>Strings by number. 0 is the empty one; the others are numbered in ordinal order when the pool is closed.</summary>
internal sealed class StringPool(IEnumerable<string> first)
{
    readonly SortedSet<string> _strings = new(first.Append(""), StringComparer.Ordinal);
    Dictionary<string, uint>? _numbers;

    public void Add(string? text) => _strings.Add(text ?? "");

    /// <summary>Number of a string that was added; no more can be added afterwards.</summary>
    public uint NumberOf(string? text)
    {
        _numbers ??= _strings.Select((value, index) => (value, index)).ToDictionary(pair => pair.value, pair => (uint)pair.index, StringComparer.Ordinal);
        return _numbers[text ?? ""];
    }

    public (byte[] Text, uint[] Offsets) ToArrays()
    {
        var offsets = new uint[_strings.Count + 1];
        using var text = new MemoryStream();
        var at = 0;
        foreach (var value in _strings)
        {
            text.Write(Encoding.UTF8.GetBytes(value));
            offsets[++at] = (uint)text.Length;
        }
        return (text.ToArray(), offsets);
    }
}
