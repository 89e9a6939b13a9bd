using System.Numerics;

namespace AcquireInfra.Enrichment.Exports;

/// <summary>Members of a flat row, in the order they are written.</summary>
public enum RowField
{
    Input,
    Ip,
    Scope,
    Network,
    Asn,
    AsnName,
    AsnRole,
    Verdict,
    Level,
    Score,
    RawScore,
    Confidence,
    Categories,
    Provider,
    Override,
    IsHosting,
    IsVpn,
    IsProxy,
    IsResidentialProxy,
    IsTor,
    IsRelay,
    IsBulletproof,
    IsCdn,
    IsCrawler,
    IsMobile,
}

/// <summary>Which members rows have. What a row says of a fault and the id of its item are there whatever is asked for.</summary>
public readonly record struct RowFields
{
    static readonly string[] Names = [.. Enum.GetNames<RowField>().Select(name => char.ToLowerInvariant(name[0]) + name[1..])];

    readonly uint _bits;

    RowFields(uint bits) => _bits = bits;

    public static RowFields All { get; } = new((1u << Names.Length) - 1);

    /// <summary>Without the flags, which categories say already.</summary>
    public static RowFields Table { get; } = new((1u << (int)RowField.IsHosting) - 1);

    public static IReadOnlyList<string> AllNames => Names;

    public int Count => BitOperations.PopCount(_bits);

    public bool Has(RowField field) => (_bits >> (int)field & 1) != 0;

    public RowFields Without(RowField field) => new(_bits & ~(1u << (int)field));

    /// <summary>Names in the order of the row, whatever the order they were asked for in.</summary>
    public IEnumerable<string> ToNames()
    {
        var bits = _bits;
        return Names.Where((_, index) => (bits >> index & 1) != 0);
    }

    public static string NameOf(RowField field) => Names[(int)field];

    /// <summary>Reads names parted by commas, as <c>ip,score</c>.</summary>
    /// <param name="unknown">The first name that is none; null where there is not a single name.</param>
    public static bool TryParse(string text, out RowFields fields, out string? unknown)
    {
        fields = default;
        unknown = null;
        foreach (var name in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(name => name != "id"))
        {
            var index = Array.IndexOf(Names, name);
            if (index < 0)
            {
                unknown = name;
                return false;
            }
            fields = new(fields._bits | 1u << index);
        }
        return fields.Count > 0;
    }
}
