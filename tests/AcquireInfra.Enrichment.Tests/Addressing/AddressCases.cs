using System.Globalization;
using System.Text;

namespace AcquireInfra.Enrichment.Tests.Addressing;

/// <summary>Reads <c>address-cases.tsv</c>; every door's tests run the same rows.</summary>
public static class AddressCases
{
    /// <param name="Canonical">Null where the input is to be refused.</param>
    public sealed record Row(int Line, string Input, string? Canonical, string Rule)
    {
        public override string ToString() => $"line {Line} ({Rule})";
    }

    public static IReadOnlyList<Row> All { get; } = Read();

    static List<Row> Read()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Addressing", "address-cases.tsv");
        var cases = new List<Row>();
        var lines = File.ReadAllText(path).Split('\n');
        for (var at = 0; at < lines.Length; at++)
        {
            if (lines[at].Length == 0 || lines[at].StartsWith('#'))
            {
                continue;
            }
            var fields = lines[at].Split('\t');
            cases.Add(new(at + 1, Unescape(fields[0]), fields[1] == "!" ? null : fields[1], fields[2]));
        }
        return cases;
    }

    static string Unescape(string text)
    {
        var result = new StringBuilder();
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '\\')
            {
                result.Append(text[at]);
                continue;
            }
            switch (text[at + 1])
            {
                case 'x':
                    result.Append((char)int.Parse(text.AsSpan(at + 2, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                    at += 3;
                    break;
                case 'u':
                    result.Append((char)int.Parse(text.AsSpan(at + 2, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                    at += 5;
                    break;
                case '{':
                    var close = text.IndexOf('}', at);
                    var star = text.LastIndexOf('*', close);
                    var count = int.Parse(text.AsSpan(star + 1, close - star - 1), CultureInfo.InvariantCulture);
                    result.Insert(result.Length, Unescape(text[(at + 2)..star]), count);
                    at = close;
                    break;
                default:
                    throw new FormatException($"Unknown escape in {text}");
            }
        }
        return result.ToString();
    }
}
