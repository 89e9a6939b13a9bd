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
    readonly string[] _families;
    readonly StringPool _strings = new();
    readonly ClaimLists _lists;
    readonly uint[] _asnNumbers;
    readonly int[] _asnLists;
    readonly Dictionary<Asn, AsnRoleRow> _roles;
    readonly List<ProfileDraft> _profiles = [default];
    readonly Dictionary<ProfileDraft, int> _profileNumbers = new() { [default] = 0 };

    readonly record struct ProfileDraft(int AsnPlus1, byte NetworkLength, bool IsIPv6, int List);

    SnapshotCompiler(IEnumerable<CompilerSource> sources)
    {
        _sources = [.. sources.OrderBy(source => source.Info.Id, StringComparer.Ordinal)];
        _families = [.. _sources.Select(source => source.Info.Family).Distinct().Order(StringComparer.Ordinal)];
        _lists = new ClaimLists(CompareClaims);
        _roles = _sources.SelectMany(source => source.Roles).ToDictionary(row => row.Asn);
        _asnNumbers = [.. _sources.SelectMany(AsnsOf).Select(asn => asn.Number).Distinct().Order()];
        _asnLists = new int[_asnNumbers.Length];
    }

    /// <summary>Compiles and writes a snapshot.</summary>
    /// <param name="sources">At most one ASN table and one role table among them; ids differ.</param>
    /// <exception cref="ArgumentException">Two ASN or role tables, an id twice, or too many sources.</exception>
    public static void Compile(IEnumerable<CompilerSource> sources, Stream destination)
    {
        var compiler = new SnapshotCompiler(sources);
        compiler.CheckSources();
        compiler.ClaimAsns();
        var ipv4 = compiler.Sweep(isIPv6: false);
        var ipv6 = compiler.Sweep(isIPv6: true);
        compiler.Write(ipv4, ipv6, destination);
    }

    void CheckSources()
    {
        if (_sources.Length > ushort.MaxValue || _sources.Select(source => source.Info.Id).Distinct().Count() != _sources.Length)
        {
            throw new ArgumentException("Sources need different ids, and there can be 65,535 of them.");
        }
        foreach (var kind in (SourceKind[])[SourceKind.AsnTable, SourceKind.AsnRoles])
        {
            var ids = _sources.Where(source => source.Info.Kind == kind).Select(source => source.Info.Id).ToList();
            if (ids.Count > 1)
            {
                throw new ArgumentException($"One {kind} is enough; switch off all but one of {string.Join(", ", ids)}.");
            }
        }
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
                foreach (var name in content.AsnNames.Values)
                {
                    _strings.Add(name);
                }
                var templates = Templates(source, content);
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
                _strings.Add(row.Provider);
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

    // The claims that each label of a source stands for; the prefix length is filled in where the label is used.
    Claim[][] Templates(int source, FeedContent content)
    {
        var info = _sources[source].Info;
        var ownCategories = info.Categories.Select(CategoryOf).ToArray();
        return [.. content.Labels.Select(label =>
        {
            var provider = label.Provider ?? info.Provider;
            _strings.Add(provider);
            var categories = label.Categories.IsEmpty ? ownCategories : label.Categories.Members();
            return categories.Select(category => new Claim(
                (ushort)source, (byte)category, 0, (byte)label.Confidence, 0, 0, ProviderNumber(provider),
                Hour(label.FirstSeen), Hour(label.LastSeen))).ToArray();
        })];
    }

    // Providers are numbered for good when all strings are known; until then by first use.
    readonly List<string> _providers = [""];
    readonly Dictionary<string, uint> _providerNumbers = new(StringComparer.Ordinal) { [""] = 0 };

    uint ProviderNumber(string? provider)
    {
        provider ??= "";
        if (!_providerNumbers.TryGetValue(provider, out var number))
        {
            number = (uint)_providers.Count;
            _providers.Add(provider);
            _providerNumbers.Add(provider, number);
        }
        return number;
    }

    static Category CategoryOf(string word) =>
        Categories.TryParse(word, out var category) ? category : throw new ArgumentException($"'{word}' is no category.");

    static uint Hour(DateTimeOffset? time) => time is { } at ? (uint)Math.Max(at.ToUnixTimeSeconds() / 3600, 0) : 0;

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
                claimsOfPayload.AddRange(isTable ? [] : Templates(source, content));
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
        var sweep = new SegmentSweep(isIPv6 ? 128 : 32, (context, item) => item.IsAsn
            ? Profile(_profiles[context] with { AsnPlus1 = asnOfPayload[item.Payload], NetworkLength = item.Length, IsIPv6 = isIPv6 })
            : Claimed(context, claimsOfPayload[item.Payload], item.Length, isIPv6));
        return sweep.Run([.. networks], [.. items]);
    }

    int Claimed(int context, Claim[] claims, byte length, bool isIPv6)
    {
        var draft = _profiles[context];
        var list = draft.List;
        foreach (var claim in claims)
        {
            list = _lists.Extend(list, claim with { PrefixLength = length, IsIPv6 = isIPv6 ? (byte)1 : (byte)0 });
        }
        if (list == draft.List)
        {
            return context;
        }
        // Where no ASN is known, the widest prefix that says anything stands for the network.
        var isFirst = draft.AsnPlus1 == 0 && draft.NetworkLength == 0;
        return Profile(draft with { List = list, IsIPv6 = isIPv6, NetworkLength = isFirst ? length : draft.NetworkLength });
    }

    int Profile(ProfileDraft draft)
    {
        if (!_profileNumbers.TryGetValue(draft, out var number))
        {
            number = _profiles.Count;
            _profiles.Add(draft);
            _profileNumbers.Add(draft, number);
        }
        return number;
    }

    int CompareClaims(Claim left, Claim right)
    {
        var order = left.Category.CompareTo(right.Category);
        order = order != 0 ? order : FamilyOf(left).CompareTo(FamilyOf(right));
        order = order != 0 ? order : left.Source.CompareTo(right.Source);
        order = order != 0 ? order : right.PrefixLength.CompareTo(left.PrefixLength); // the closest first
        order = order != 0 ? order : string.CompareOrdinal(_providers[(int)left.Provider], _providers[(int)right.Provider]);
        return order != 0 ? order : (left.IsIPv6, left.Confidence, left.Basis, left.FirstSeenHour, left.LastSeenHour)
            .CompareTo((right.IsIPv6, right.Confidence, right.Basis, right.FirstSeenHour, right.LastSeenHour));
    }

    int FamilyOf(Claim claim) => Array.BinarySearch(_families, _sources[claim.Source].Info.Family, StringComparer.Ordinal);

    void Write((UInt128[] Starts, int[] Profiles) ipv4, (UInt128[] Starts, int[] Profiles) ipv6, Stream destination)
    {
        var profiles = new Renumbering(_profiles.Count);
        var labels4 = profiles.RenumberAll(ipv4.Profiles);
        var labels6 = profiles.RenumberAll(ipv6.Profiles);
        var lists = new Renumbering(_lists.Count);
        var profileWords = profiles.Order.Select(old => _profiles[old]).Select(draft => ProfileWord.Of(
            (uint)draft.AsnPlus1, draft.NetworkLength, draft.IsIPv6, (uint)lists.NumberOf(draft.List))).ToArray();
        var asnRecords = _asnNumbers.Select((number, index) => RecordOf(new Asn(number), (uint)lists.NumberOf(_asnLists[index]))).ToArray();
        var usedLists = lists.Order.Select(old => _lists[old]).ToArray();
        var claims = usedLists.SelectMany(list => list).Distinct().ToArray();
        Array.Sort(claims, CompareClaims);
        var claimNumbers = claims.Select((claim, index) => (claim, index)).ToDictionary(pair => pair.claim, pair => (uint)pair.index);
        var (text, textOffsets) = _strings.ToArrays();

        var writer = new SnapshotWriter();
        writer.Add(Section.Sources, (ReadOnlySpan<byte>)SnapshotWriter.Encode([.. _sources.Select(source => source.Info)]));
        writer.Add(Section.Text, (ReadOnlySpan<byte>)text);
        writer.Add<uint>(Section.TextOffsets, textOffsets);
        writer.Add<uint>(Section.AsnNumbers, _asnNumbers);
        writer.Add<AsnRecord>(Section.AsnRecords, asnRecords);
        writer.Add<uint>(Section.ListOffsets, OffsetsOf(usedLists));
        writer.Add<uint>(Section.ListClaims, usedLists.SelectMany(list => list).Select(claim => claimNumbers[claim]).ToArray());
        writer.Add<Claim>(Section.Claims, claims.Select(claim => claim with { Provider = _strings.NumberOf(_providers[(int)claim.Provider]) }).ToArray());
        writer.Add<ProfileWord>(Section.Profiles, profileWords);
        writer.Add(Section.IPv4Bits, TrieBuilder.BuildIPv4(ipv4.Starts, labels4));
        writer.Add(Section.IPv6Bits, TrieBuilder.BuildIPv6(ipv6.Starts, labels6));
        writer.WriteTo(destination);
    }

    AsnRecord RecordOf(Asn asn, uint list)
    {
        var role = _roles.GetValueOrDefault(asn);
        var name = _sources.SelectMany(source => source.Contents).Select(content => content.AsnNames.GetValueOrDefault(asn))
            .FirstOrDefault(name => name is not null);
        return new(_strings.NumberOf(name), _strings.NumberOf(role.Provider), list, (byte)role.Role, (byte)role.Basis);
    }

    static uint[] OffsetsOf(Claim[][] lists)
    {
        var offsets = new uint[lists.Length + 1];
        for (var list = 0; list < lists.Length; list++)
        {
            offsets[list + 1] = offsets[list] + (uint)lists[list].Length;
        }
        return offsets;
    }

    /// <summary>New numbers in the order of first use; what is never used gets none. 0 stays 0.</summary>
    sealed class Renumbering
    {
        readonly int[] _numbers;
        readonly List<int> _order = [0];

        public Renumbering(int count) => _numbers = new int[count];

        public IReadOnlyList<int> Order => _order;

        public int NumberOf(int old)
        {
            if (old != 0 && _numbers[old] == 0)
            {
                _numbers[old] = _order.Count;
                _order.Add(old);
            }
            return _numbers[old];
        }

        public uint[] RenumberAll(int[] olds) => [.. olds.Select(old => (uint)NumberOf(old))];
    }
}
