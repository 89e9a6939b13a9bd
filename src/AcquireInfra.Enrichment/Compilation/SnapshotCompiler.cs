using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Compilation;

/// <summary>A source with what was read from its files.</summary>
/// <param name="Roles">The rows of a role table; empty for the other kinds.</param>
public sealed record CompilerSource(SourceInfo Info, IReadOnlyList<FeedContent> Contents, IReadOnlyList<AsnRoleRow> Roles);

/// <summary>
/// Merges an ASN table and any number of sources into one snapshot. Equal sources give equal bytes, in whatever order they come:
/// there is no clock in it, and everything that is numbered is sorted first.
/// </summary>
public sealed class SnapshotCompiler
{
    readonly CompilerSource[] _sources;
    readonly ClaimTemplates _templates;
    readonly ClaimLists _lists;
    readonly ProfileTable _profiles;
    readonly uint[] _asnNumbers;
    readonly int[] _asnLists;
    readonly Dictionary<Asn, AsnRoleRow> _roles;
    readonly FeedContent[] _naming;

    SnapshotCompiler(IEnumerable<CompilerSource> sources)
    {
        _sources = [.. sources.OrderBy(source => source.Info.Id, StringComparer.Ordinal)];
        var spellings = _sources.SelectMany(source => source.Roles.Select(role => role.Provider)).Concat(_sources.Select(source => source.Info.Provider ?? ""));
        _templates = new ClaimTemplates([.. _sources.Select(source => source.Info)], new ProviderNames(spellings));
        _lists = new ClaimLists(_templates.Compare);
        _profiles = new ProfileTable(_lists);
        _roles = RolesOf(_sources);
        _naming = [.. _sources.OrderBy(source => source.Info.Kind != SourceKind.AsnTable).SelectMany(source => source.Contents)
            .Where(content => content.AsnNames.Count > 0)];
        _asnNumbers = [.. _sources.SelectMany(AsnsOf).Select(asn => asn.Number).Distinct().Order()];
        _asnLists = new int[_asnNumbers.Length];
    }

    /// <summary>Compiles and writes a snapshot.</summary>
    /// <param name="sources">At most one ASN table and one role table among them; ids differ.</param>
    /// <exception cref="SourcesException">Two ASN or role tables, an id twice, an ASN with two roles, or too many sources.</exception>
    public static void Compile(IEnumerable<CompilerSource> sources, Stream destination)
    {
        var all = sources.ToList();
        CheckSources(all);
        var compiler = new SnapshotCompiler(all);
        compiler.ClaimAsns();
        var ipv4 = compiler.Sweep(isIPv6: false);
        var ipv6 = compiler.Sweep(isIPv6: true);
        compiler.Write(ipv4, ipv6, destination);
    }

    static void CheckSources(List<CompilerSource> sources)
    {
        if (sources.Count > ushort.MaxValue || sources.Select(source => source.Info.Id).Distinct().Count() != sources.Count)
        {
            throw new SourcesException("Sources need different ids, and there can be 65,535 of them.");
        }
        foreach (var kind in (SourceKind[])[SourceKind.AsnTable, SourceKind.AsnRoles])
        {
            var ids = sources.Where(source => source.Info.Kind == kind).Select(source => source.Info.Id).ToList();
            if (ids.Count > 1)
            {
                throw new SourcesException($"One {kind} is enough; switch off all but one of {string.Join(", ", ids)}.");
            }
        }
    }

    static Dictionary<Asn, AsnRoleRow> RolesOf(CompilerSource[] sources)
    {
        var roles = new Dictionary<Asn, AsnRoleRow>();
        foreach (var row in sources.SelectMany(source => source.Roles))
        {
            if (!roles.TryAdd(row.Asn, row))
            {
                throw new SourcesException($"{row.Asn} has a role in two files of the role table; keep one.");
            }
        }
        return roles;
    }

    static IEnumerable<Asn> AsnsOf(CompilerSource source)
    {
        var seen = new HashSet<Asn>(source.Roles.Select(role => role.Asn));
        foreach (var content in source.Contents)
        {
            seen.UnionWith(content.AsnNames.Keys);
            foreach (var entry in content.Entries)
            {
                seen.Add(entry.Asn);
            }
            foreach (var claim in content.Asns)
            {
                seen.Add(claim.Asn);
            }
        }
        seen.Remove(default);
        return seen;
    }

    int IndexOf(Asn asn) => Array.BinarySearch(_asnNumbers, asn.Number);

    // Claims about whole ASNs: what a source lists, and what the role itself says.
    void ClaimAsns()
    {
        for (var source = 0; source < _sources.Length; source++)
        {
            foreach (var content in _sources[source].Contents)
            {
                var templates = _templates.Of(source, content);
                foreach (var listed in content.Asns)
                {
                    foreach (var claim in templates[listed.Label])
                    {
                        ClaimAsn(listed.Asn, claim with { PrefixLength = Claim.WholeAsn });
                    }
                }
            }
            foreach (var row in _sources[source].Roles)
            {
                if (row.Role.Category() is { } category)
                {
                    ClaimAsn(row.Asn, new Claim((ushort)source, (byte)category, Claim.WholeAsn, 100, (byte)row.Basis, 0, 0, 0, 0));
                }
            }
        }
    }

    void ClaimAsn(Asn asn, Claim claim)
    {
        var index = IndexOf(asn);
        _asnLists[index] = _lists.Extend(_asnLists[index], claim);
    }

    (UInt128[] Starts, int[] Profiles) Sweep(bool isIPv6)
    {
        var networks = new List<UInt128>();
        var items = new List<SweepItem>();
        var asnOfPayload = new List<int>();
        var claimsOfPayload = new List<Claim[]>();
        for (var source = 0; source < _sources.Length; source++)
        {
            var isTable = _sources[source].Info.Kind == SourceKind.AsnTable;
            foreach (var content in _sources[source].Contents)
            {
                var firstPayload = claimsOfPayload.Count;
                claimsOfPayload.AddRange(isTable ? [] : _templates.Of(source, content));
                foreach (var entry in content.Entries)
                {
                    if (entry.Prefix.IsIPv4 == isIPv6)
                    {
                        continue;
                    }
                    networks.Add(SegmentSweep.NumberOf(entry.Prefix.Network));
                    items.Add(new((byte)entry.Prefix.Length, isTable, isTable ? asnOfPayload.Count : firstPayload + entry.Label));
                    if (isTable)
                    {
                        asnOfPayload.Add(IndexOf(entry.Asn) + 1); // a later row of the table replaces an earlier one of the same prefix
                    }
                }
            }
        }
        var sweep = new SegmentSweep(isIPv6 ? 128 : 32, (profile, item) => item.IsAsn
            ? _profiles.WithAsn(profile, asnOfPayload[item.Payload], item.Length, isIPv6)
            : _profiles.WithClaims(profile, claimsOfPayload[item.Payload], item.Length, isIPv6));
        return sweep.Run([.. networks], [.. items]);
    }

    void Write((UInt128[] Starts, int[] Profiles) ipv4, (UInt128[] Starts, int[] Profiles) ipv6, Stream destination)
    {
        var profiles = new Renumbering(_profiles.Count);
        var labels4 = profiles.NumbersOf(ipv4.Profiles);
        var labels6 = profiles.NumbersOf(ipv6.Profiles);
        var lists = new Renumbering(_lists.Count);
        var profileWords = profiles.Order.Select(old => _profiles[old]).Select(draft => ProfileWord.Of(
            (uint)draft.AsnPlus1, draft.NetworkLength, draft.IsIPv6, (uint)lists.NumberOf(draft.List))).ToArray();
        var strings = StringsOf(_asnNumbers);
        var asnRecords = _asnNumbers.Select((number, index) => RecordOf(new Asn(number), strings, (uint)lists.NumberOf(_asnLists[index]))).ToArray();
        var usedLists = lists.Order.Select(old => _lists[old]).ToArray();
        var claims = usedLists.SelectMany(list => list).Distinct().ToArray();
        Array.Sort(claims, _templates.Compare);
        var claimNumbers = claims.Select((claim, index) => (claim, index)).ToDictionary(pair => pair.claim, pair => (uint)pair.index);
        var (text, textOffsets) = strings.ToArrays();

        var writer = new SnapshotWriter();
        writer.Add(Section.Sources, (ReadOnlySpan<byte>)SnapshotWriter.Encode([.. _sources.Select(source => source.Info)]));
        writer.Add(Section.Text, (ReadOnlySpan<byte>)text);
        writer.Add<uint>(Section.TextOffsets, textOffsets);
        writer.Add<uint>(Section.AsnNumbers, _asnNumbers);
        writer.Add<AsnRecord>(Section.AsnRecords, asnRecords);
        writer.Add<uint>(Section.ListOffsets, OffsetsOf(usedLists));
        writer.Add<uint>(Section.ListClaims, usedLists.SelectMany(list => list).Select(claim => claimNumbers[claim]).ToArray());
        writer.Add<Claim>(Section.Claims, claims.Select(claim => claim with { Provider = strings.NumberOf(_templates.Providers[(int)claim.Provider]) }).ToArray());
        writer.Add<ProfileWord>(Section.Profiles, profileWords);
        writer.Add(Section.IPv4Bits, TrieBuilder.BuildIPv4(ipv4.Starts, labels4));
        writer.Add(Section.IPv6Bits, TrieBuilder.BuildIPv6(ipv6.Starts, labels6));
        writer.WriteTo(destination);
    }

    StringPool StringsOf(uint[] asns)
    {
        var strings = new StringPool(_templates.Providers);
        foreach (var asn in asns)
        {
            strings.Add(NameOf(new Asn(asn)));
            strings.Add(_roles.GetValueOrDefault(new Asn(asn)).Provider);
        }
        return strings;
    }

    AsnRecord RecordOf(Asn asn, StringPool strings, uint list)
    {
        var role = _roles.GetValueOrDefault(asn);
        return new(strings.NumberOf(NameOf(asn)), strings.NumberOf(role.Provider), list, (byte)role.Role, (byte)role.Basis);
    }

    // The ASN table's name before any other source's.
    string? NameOf(Asn asn) =>
        _naming.Select(content => content.AsnNames.GetValueOrDefault(asn)).FirstOrDefault(name => name is not null);

    static uint[] OffsetsOf(Claim[][] lists)
    {
        var offsets = new uint[lists.Length + 1];
        for (var list = 0; list < lists.Length; list++)
        {
            offsets[list + 1] = offsets[list] + (uint)lists[list].Length;
        }
        return offsets;
    }
}
