using System.Runtime.InteropServices;

namespace AcquireInfra.Enrichment.Snapshots;

/// <summary>
/// The snapshot file, little endian. Whoever has it can answer: nothing outside is needed but a policy.
/// <code>
///   0  magic "AIESNAP\n"   8  u32 format version   12  u32 section count   16  u64 file length
///  24  sections: { u32 id, u32 element bytes, u64 offset, u64 count } each, ids ascending
///   …  the sections, each at a multiple of 64
///  -32 SHA-256 of everything before; its first half, in hex, names the snapshot
/// </code>
/// </summary>
internal static class SnapshotLayout
{
    public const uint FormatVersion = 1;
    public const int HeaderBytes = 24;
    public const int SectionBytes = 24;
    public const int HashBytes = 32;
    public const int Alignment = 64;
    public const int SectionCount = (int)Section.IPv6Sparse + 1;

    public static ReadOnlySpan<byte> Magic => "AIESNAP\n"u8;

    /// <summary>Bytes of one element of each section, by its id.</summary>
    public static ReadOnlySpan<int> ElementBytes => [1, 1, 4, 4, 16, 4, 4, 20, 8, 8, 2, 4, 4, 2, 8, 2, 4, 4, 2];
}

/// <summary>Sections of a snapshot; all are present, some may be empty.</summary>
internal enum Section
{
    /// <summary>JSON array of <see cref="SourceInfo"/>; a claim names its source by index.</summary>
    Sources = 0,

    /// <summary>UTF-8 of all strings, one after another. String 0 is empty.</summary>
    Text = 1,

    /// <summary>u32: where each string begins, and one more for where the last ends.</summary>
    TextOffsets = 2,

    /// <summary>u32: the ASNs, ascending.</summary>
    AsnNumbers = 3,

    /// <summary><see cref="AsnRecord"/>, one for each ASN.</summary>
    AsnRecords = 4,

    /// <summary>u32: where each list of claims begins in <see cref="ListClaims"/>, and one more. List 0 is empty.</summary>
    ListOffsets = 5,

    /// <summary>u32: claims of the lists, each list in the order of <see cref="Claims"/>.</summary>
    ListClaims = 6,

    /// <summary><see cref="Claim"/>, ordered by category and source family, so that judging is one pass.</summary>
    Claims = 7,

    /// <summary>u64 <see cref="ProfileWord"/>; a trie's labels are indices here. Profile 0: nothing is known.</summary>
    Profiles = 8,

    IPv4Bits = 9,
    IPv4Ranks = 10,
    IPv4Bases = 11,
    IPv4Entries = 12,
    IPv4Sparse = 13,
    IPv6Bits = 14,
    IPv6Ranks = 15,
    IPv6Bases = 16,
    IPv6Entries = 17,
    IPv6Sparse = 18,
}

/// <summary>What is known of an ASN apart from its number.</summary>
/// <param name="Name">String: the organisation, as the ASN table has it.</param>
/// <param name="Provider">String: the brand, as the role table has it.</param>
/// <param name="Claims">List: what sources claim of the whole ASN.</param>
/// <param name="Role">An <c>AsnRole</c>.</param>
/// <param name="Basis">A <c>RoleBasis</c>.</param>
[StructLayout(LayoutKind.Sequential, Size = 16)]
internal readonly record struct AsnRecord(uint Name, uint Provider, uint Claims, byte Role, byte Basis);

/// <summary>One source's claim. The prefix is that of the address looked up, cut to the length.</summary>
/// <param name="Source">Index of the source.</param>
/// <param name="Category">A <c>Category</c>.</param>
/// <param name="PrefixLength">Bits, or <see cref="WholeAsn"/>.</param>
/// <param name="Confidence">1..100 %, of the record itself.</param>
/// <param name="Basis">A <c>RoleBasis</c> for claims that stem from a role, else 0.</param>
/// <param name="IsIPv6">1 where the length counts IPv6 bits.</param>
/// <param name="Provider">String.</param>
/// <param name="FirstSeenHour">Hours since 1970; 0 where the source does not say.</param>
/// <param name="LastSeenHour">Hours since 1970; 0 for the date of the source.</param>
[StructLayout(LayoutKind.Sequential, Size = 20)]
internal readonly record struct Claim(
    ushort Source, byte Category, byte PrefixLength, byte Confidence, byte Basis, byte IsIPv6, uint Provider, uint FirstSeenHour, uint LastSeenHour)
{
    public const byte WholeAsn = 255;
}

/// <summary>
/// What a segment of address space is: bits 0..23 index of the ASN plus 1 (0: none), 24..31 length of the network, 32 set for IPv6,
/// 33..63 list of the claims on its prefixes.
/// </summary>
internal readonly record struct ProfileWord(ulong Bits)
{
    public static ProfileWord Of(uint asnPlus1, int networkLength, bool isIPv6, uint list) =>
        new(asnPlus1 | (ulong)(uint)networkLength << 24 | (isIPv6 ? 1UL << 32 : 0) | (ulong)list << 33);

    public const uint MaxAsns = (1 << 24) - 1;

    public uint AsnPlus1 => (uint)Bits & MaxAsns;

    public int NetworkLength => (int)(Bits >> 24 & 0xFF);

    public bool IsIPv6 => (Bits >> 32 & 1) != 0;

    public uint List => (uint)(Bits >> 33);
}
