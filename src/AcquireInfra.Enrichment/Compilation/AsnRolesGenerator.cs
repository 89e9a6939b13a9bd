using System.Globalization;
using System.Text;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Compilation;

/// <summary>Makes <c>asn-roles.csv</c>: the rows that someone has written, as they stand, and one for each other ASN whose name a rule fits.</summary>
public sealed class AsnRolesGenerator
{
    readonly SortedDictionary<uint, string> _written = [];
    readonly IReadOnlyDictionary<Asn, string> _names;
    readonly string _header;

    /// <param name="file">The file as it is; its inferred rows are made anew.</param>
    /// <param name="table">An ASN table.</param>
    /// <exception cref="FormatException">The file is no table of roles, or has faults.</exception>
    public AsnRolesGenerator(byte[] file, FeedContent table, AsnRoleRules rules)
    {
        var rows = AsnRolesParser.Parse(new MemoryStream(file), FeedLimits.Default, out var faults);
        if (faults.FaultCount > 0)
        {
            throw new FormatException($"The ASN roles have {faults.FaultCount} faults; the first is {faults.Errors[0].Fault.Word()} in line {faults.Errors[0].Line}.");
        }
        _names = table.AsnNames;
        var addresses = AddressesOf(table);
        Judged = [.. rows.Where(row => row.Basis != RoleBasis.Inferred && _names.ContainsKey(row.Asn)).OrderBy(row => row.Asn.Number)
            .Select(row => new JudgedName(_names[row.Asn], row.Role, row.Basis, addresses.GetValueOrDefault(row.Asn)))];
        Inference = AsnRoleInference.Learn(rules, Judged);
        var inferred = rows.Where(row => row.Basis == RoleBasis.Inferred).Select(row => row.Asn.Number).ToHashSet();
        var lines = Encoding.UTF8.GetString(file).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        _header = lines[0];
        foreach (var line in lines.Skip(1))
        {
            var asn = uint.Parse(line.AsSpan(0, line.IndexOf(',', StringComparison.Ordinal)), CultureInfo.InvariantCulture);
            if (!inferred.Contains(asn))
            {
                _written.Add(asn, line);
            }
        }
    }

    /// <summary>The names that someone has looked at, by ASN.</summary>
    public IReadOnlyList<JudgedName> Judged { get; }

    public AsnRoleInference Inference { get; }

    /// <returns>The file, sorted by ASN, in UTF-8 with line feeds: equal input gives equal bytes.</returns>
    public byte[] Generate()
    {
        var rows = new SortedDictionary<uint, string>(_written);
        foreach (var (asn, name) in _names)
        {
            if (!rows.ContainsKey(asn.Number) && Inference.RoleOf(name) is { } inferred)
            {
                rows.Add(asn.Number, string.Create(CultureInfo.InvariantCulture, $"{asn.Number},{inferred.Role.Word()},,{RoleBasis.Inferred.Word()},{inferred.Word}"));
            }
        }
        return Encoding.UTF8.GetBytes(string.Join('\n', rows.Values.Prepend(_header)) + "\n");
    }

    static Dictionary<Asn, ulong> AddressesOf(FeedContent table)
    {
        var addresses = new Dictionary<Asn, ulong>();
        foreach (var entry in table.Entries)
        {
            if (entry.Prefix.IsIPv4)
            {
                addresses[entry.Asn] = addresses.GetValueOrDefault(entry.Asn) + (1UL << (32 - entry.Prefix.Length));
            }
        }
        return addresses;
    }
}
