using System.Collections;
using System.Numerics;
using System.Text.Json;
using System.Text.Unicode;
using AcquireInfra.Enrichment.Lookup;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Snapshots;

/// <summary>
/// Proves that every index in a snapshot is in bounds and every walk ends, so that look-ups need no checks. The hash has shown that
/// the file is as it was written; this shows that it was written soundly, whoever wrote it.
/// </summary>
internal static class SnapshotVerifier
{
    /// <returns>The sources, decoded on the way.</returns>
    /// <exception cref="SnapshotException">Something points out of its section, or is out of its order.</exception>
    public static List<SourceInfo> Verify(SectionTable table)
    {
        var sources = VerifySources(table.Get<byte>(Section.Sources));
        var strings = VerifyStrings(table.Get<byte>(Section.Text), table.Get<uint>(Section.TextOffsets));
        VerifyClaims(table.Get<Claim>(Section.Claims), sources, strings);
        var lists = VerifyLists(table.Get<uint>(Section.ListOffsets), table.Get<uint>(Section.ListClaims), table.Get<Claim>(Section.Claims));
        VerifyAsns(table.Get<uint>(Section.AsnNumbers), table.Get<AsnRecord>(Section.AsnRecords), strings, lists);
        var profiles = table.Get<ProfileWord>(Section.Profiles);
        VerifyProfiles(profiles, table.Get<uint>(Section.AsnNumbers).Length, lists);
        VerifyTrie(table, Section.IPv4Bits, profiles, isIPv6: false);
        VerifyTrie(table, Section.IPv6Bits, profiles, isIPv6: true);
        return sources;
    }

    // The year 9999, where times end.
    static readonly uint LastHour = (uint)(DateTimeOffset.MaxValue.ToUnixTimeSeconds() / 3600);

    static List<SourceInfo> VerifySources(ReadOnlySpan<byte> json)
    {
        try
        {
            var sources = JsonSerializer.Deserialize(json, SnapshotJson.Default.ListSourceInfo) ?? [];
            SectionTable.Require(sources.TrueForAll(source => source is not null && source.Reliability is >= 0 and <= 1
                && source.ReliabilityByCategory.Values.All(share => share is >= 0 and <= 1)), "a source is missing, or its reliability is none");
            var words = sources.SelectMany(source => source.Categories.Concat(source.Covers).Concat(source.ReliabilityByCategory.Keys));
            SectionTable.Require(words.All(word => Categories.TryParse(word, out _)), "a source has an unknown category");
            return sources;
        }
        catch (JsonException exception)
        {
            throw new SnapshotException("Not a sound snapshot: its sources cannot be read.", exception);
        }
    }

    static int VerifyStrings(ReadOnlySpan<byte> text, ReadOnlySpan<uint> offsets)
    {
        SectionTable.Require(offsets.Length >= 2 && offsets[0] == 0 && offsets[1] == 0 && offsets[^1] == text.Length, "its strings have no frame");
        SectionTable.Require(IsAscending(offsets), "its strings are out of order");
        for (var at = 1; at < offsets.Length; at++)
        {
            SectionTable.Require(Utf8.IsValid(text[(int)offsets[at - 1]..(int)offsets[at]]), "its strings are no UTF-8");
        }
        return offsets.Length - 1;
    }

    static void VerifyClaims(ReadOnlySpan<Claim> claims, List<SourceInfo> sources, int strings)
    {
        var previous = (Category: -1, Family: "", Source: -1);
        foreach (ref readonly var claim in claims)
        {
            SectionTable.Require(claim.Source < sources.Count && claim.Category < Categories.Count && claim.Provider < strings, "a claim is out of bounds");
            SectionTable.Require(claim.IsIPv6 <= 1 && claim.Confidence is > 0 and <= 100 && claim.Basis < AsnRoles.BasisCount, "a claim is malformed");
            SectionTable.Require(claim.PrefixLength == Claim.WholeAsn || claim.PrefixLength <= (claim.IsIPv6 == 1 ? 128 : 32), "a claim's prefix is too long");
            SectionTable.Require(claim.FirstSeenHour <= LastHour && claim.LastSeenHour <= LastHour, "a claim's time is none");
            var family = sources[claim.Source].Family;
            var order = claim.Category - previous.Category;
            order = order != 0 ? order : string.CompareOrdinal(family, previous.Family);
            order = order != 0 ? order : claim.Source - previous.Source;
            SectionTable.Require(order >= 0, "its claims are out of order");
            previous = (claim.Category, family, claim.Source);
        }
    }

    // What a list's claims are about. An empty list fits anywhere.
    enum ListKind : byte
    {
        Empty,
        IPv4Prefixes,
        IPv6Prefixes,
        Asn,
    }

    static ListKind[] VerifyLists(ReadOnlySpan<uint> offsets, ReadOnlySpan<uint> members, ReadOnlySpan<Claim> claims)
    {
        SectionTable.Require(offsets.Length >= 2 && offsets[0] == 0 && offsets[1] == 0 && offsets[^1] == members.Length, "its lists have no frame");
        SectionTable.Require(IsAscending(offsets), "its lists are out of order");
        var kinds = new ListKind[offsets.Length - 1];
        for (var list = 0; list < kinds.Length; list++)
        {
            var indices = members[(int)offsets[list]..(int)offsets[list + 1]];
            SectionTable.Require(IsAscending(indices) && (indices.IsEmpty || indices[^1] < claims.Length), $"list {list} is out of order or bounds");
            foreach (var index in indices)
            {
                var kind = KindOf(claims[(int)index]);
                SectionTable.Require(kinds[list] == ListKind.Empty || kinds[list] == kind, $"list {list} mixes families");
                kinds[list] = kind;
            }
        }
        return kinds;
    }

    static ListKind KindOf(Claim claim) =>
        claim.PrefixLength == Claim.WholeAsn ? ListKind.Asn : claim.IsIPv6 == 1 ? ListKind.IPv6Prefixes : ListKind.IPv4Prefixes;

    static void VerifyAsns(ReadOnlySpan<uint> numbers, ReadOnlySpan<AsnRecord> records, int strings, ListKind[] lists)
    {
        SectionTable.Require(numbers.Length == records.Length && numbers.Length < ProfileWord.MaxAsns, "its ASNs and their records differ in number");
        SectionTable.Require(IsAscending(numbers), "its ASNs are out of order");
        foreach (ref readonly var record in records)
        {
            var sound = record.Name < strings && record.Provider < strings && record.Claims < lists.Length
                && record.Role < AsnRoles.RoleCount && record.Basis < AsnRoles.BasisCount;
            SectionTable.Require(sound && lists[record.Claims] is (ListKind.Empty or ListKind.Asn), "an ASN is out of bounds");
        }
    }

    static void VerifyProfiles(ReadOnlySpan<ProfileWord> profiles, int asns, ListKind[] lists)
    {
        SectionTable.Require(profiles.Length > 0 && profiles[0].Bits == 0, "its profile 0 is not empty");
        foreach (var profile in profiles)
        {
            var sound = profile.AsnPlus1 <= asns && profile.List < lists.Length && profile.NetworkLength <= (profile.IsIPv6 ? 128 : 32);
            SectionTable.Require(sound, "a profile is out of bounds");
            var kind = lists[profile.List];
            SectionTable.Require(kind == ListKind.Empty || kind == (profile.IsIPv6 ? ListKind.IPv6Prefixes : ListKind.IPv4Prefixes), "a profile's claims are of another family");
        }
    }

    static bool IsAscending(ReadOnlySpan<uint> numbers)
    {
        for (var at = 1; at < numbers.Length; at++)
        {
            if (numbers[at] < numbers[at - 1])
            {
                return false;
            }
        }
        return true;
    }

    static void VerifyTrie(SectionTable table, Section first, ReadOnlySpan<ProfileWord> profiles, bool isIPv6)
    {
        var trie = new TrieSections
        {
            Bits = table.Get<ulong>(first),
            Ranks = table.Get<ushort>(first + 1),
            Bases = table.Get<uint>(first + 2),
            Entries = table.Get<uint>(first + 3),
            Sparse = table.Get<ushort>(first + 4),
            Profiles = profiles,
            IsIPv6 = isIPv6,
        };
        trie.Verify();
    }

    ref struct TrieSections
    {
        public required ReadOnlySpan<ulong> Bits { get; init; }

        public required ReadOnlySpan<ushort> Ranks { get; init; }

        public required ReadOnlySpan<uint> Bases { get; init; }

        public required ReadOnlySpan<uint> Entries { get; init; }

        public required ReadOnlySpan<ushort> Sparse { get; init; }

        public required ReadOnlySpan<ProfileWord> Profiles { get; init; }

        public required bool IsIPv6 { get; init; }

        // A node has one parent: then the walk visits each once, and no chain of children can close to a ring.
        BitArray _seenBlocks;
        BitArray _seenUnits;

        public void Verify()
        {
            var roots = IsIPv6 ? 1 : RadixTrie.IPv4Blocks;
            SectionTable.Require(Bases.Length >= roots && Bits.Length == (long)Bases.Length * RadixTrie.WordsPerBlock && Ranks.Length == Bits.Length,
                "a trie's blocks are not whole");
            SectionTable.Require(Sparse.Length % RadixTrie.UnitLanes == 0, "a trie's sparse nodes are not whole");
            _seenBlocks = new BitArray(Bases.Length);
            _seenUnits = new BitArray(Sparse.Length / RadixTrie.UnitLanes);
            for (var root = 0; root < roots; root++)
            {
                VerifyBlock(root, bitsBelow: IsIPv6 ? 112 : 8);
            }
        }

        // Bits of the address that the node's entries leave open.
        void VerifyBlock(int block, int bitsBelow)
        {
            SectionTable.Require(block < Bases.Length && !_seenBlocks[block], "a trie's block is out of bounds or has two parents");
            _seenBlocks[block] = true;
            var bits = Bits.Slice(block * RadixTrie.WordsPerBlock, RadixTrie.WordsPerBlock);
            var ranks = Ranks.Slice(block * RadixTrie.WordsPerBlock, RadixTrie.WordsPerBlock);
            SectionTable.Require((bits[0] & 1) != 0, "a trie's block has no first entry");
            var ones = 0;
            for (var word = 0; word < bits.Length; word++)
            {
                SectionTable.Require(ranks[word] == ones, "a trie's ranks are wrong");
                ones += BitOperations.PopCount(bits[word]);
            }
            VerifyEntries(Bases[block], ones, bitsBelow);
        }

        void VerifySparse(int unit, int bitsOfNode)
        {
            var slotBits = Math.Max(bitsOfNode - 16, 0);
            var slots = 1 << (bitsOfNode - slotBits);
            SectionTable.Require(unit < _seenUnits.Length && !_seenUnits[unit], "a trie's sparse node is out of bounds or has two parents");
            _seenUnits[unit] = true;
            var node = Sparse[(unit * RadixTrie.UnitLanes)..];
            var count = (int)node[0];
            var units = (count + RadixTrie.HeaderLanes + RadixTrie.UnitLanes - 1) / RadixTrie.UnitLanes;
            SectionTable.Require(units * RadixTrie.UnitLanes <= node.Length, "a trie's sparse node reaches past the end");
            var keys = node.Slice(RadixTrie.HeaderLanes, units * RadixTrie.UnitLanes - RadixTrie.HeaderLanes);
            for (var key = 0; key < keys.Length; key++)
            {
                var sound = key >= count ? keys[key] == ushort.MaxValue : keys[key] < slots && keys[key] > (key == 0 ? 0 : keys[key - 1]);
                SectionTable.Require(sound, "a trie's sparse keys are out of order");
            }
            VerifyEntries(node[1] | (uint)node[2] << 16, count + 1, slotBits);
        }

        void VerifyEntries(uint first, int count, int bitsBelow)
        {
            SectionTable.Require(first + (ulong)count <= (ulong)Entries.Length, "a trie's entries reach past the end");
            foreach (var entry in Entries.Slice((int)first, count))
            {
                if ((entry & RadixTrie.ChildFlag) == 0)
                {
                    SectionTable.Require(entry < Profiles.Length && (entry == 0 || Profiles[(int)entry].IsIPv6 == IsIPv6),
                        "a trie's label is out of bounds or of the other family");
                    continue;
                }
                SectionTable.Require(bitsBelow > 0, "a trie has a node below the last bit");
                var index = (int)(entry & RadixTrie.IndexMask);
                if ((entry & RadixTrie.DenseFlag) == 0)
                {
                    VerifySparse(index, bitsBelow);
                    continue;
                }
                SectionTable.Require(bitsBelow >= 16, "a trie has a dense block below the last 16 bits");
                VerifyBlock(index, bitsBelow - 16);
            }
        }
    }
}
