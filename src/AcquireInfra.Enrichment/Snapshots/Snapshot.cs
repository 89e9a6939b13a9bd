using System.IO.MemoryMappedFiles;
using System.Text;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Lookup;
using AcquireInfra.Enrichment.Verdicts;
using Microsoft.Win32.SafeHandles;

namespace AcquireInfra.Enrichment.Snapshots;

/// <summary>
/// An immutable, memory-mapped snapshot, proved sound before the first look-up. Thread-safe. It is not disposed: whoever still
/// reads it keeps it, and the finalizer unmaps it afterwards. Hence every read through the mapping ends in <c>GC.KeepAlive(this)</c>.
/// The file must not be written while it is mapped (replace it by a rename): a read past a shrunk end would end the process.
/// </summary>
public sealed unsafe class Snapshot
{
    readonly SafeMemoryMappedViewHandle _view;
    readonly byte* _start;
    readonly int _profileCount;
    readonly int _asnCount;
    readonly int _claimCount;
    readonly ProfileWord* _profiles;
    readonly uint* _asnNumbers;
    readonly AsnRecord* _asns;
    readonly uint* _listOffsets;
    readonly uint* _listClaims;
    readonly Claim* _claims;
    readonly uint* _textOffsets;
    readonly byte* _text;

    // Cannot fail, so that a finalizer never runs over half a snapshot: what can is done before, in Open.
    Snapshot(SafeMemoryMappedViewHandle view, byte* start, SectionTable table, List<SourceInfo> sources)
    {
        _view = view;
        _start = start;
        Sources = sources;
        Id = Convert.ToHexStringLower(table.Hash.AsSpan(0, 16));
        FileBytes = table.FileBytes;
        DataAsOf = Sources.Count == 0 ? DateTimeOffset.UnixEpoch : Sources.Max(source => source.AsOf);
        _profileCount = table.Get<ProfileWord>(Section.Profiles).Length;
        _asnCount = table.Get<uint>(Section.AsnNumbers).Length;
        _claimCount = table.Get<Claim>(Section.Claims).Length;
        _profiles = (ProfileWord*)(start + table.OffsetOf(Section.Profiles));
        _asnNumbers = (uint*)(start + table.OffsetOf(Section.AsnNumbers));
        _asns = (AsnRecord*)(start + table.OffsetOf(Section.AsnRecords));
        _listOffsets = (uint*)(start + table.OffsetOf(Section.ListOffsets));
        _listClaims = (uint*)(start + table.OffsetOf(Section.ListClaims));
        _claims = (Claim*)(start + table.OffsetOf(Section.Claims));
        _textOffsets = (uint*)(start + table.OffsetOf(Section.TextOffsets));
        _text = start + table.OffsetOf(Section.Text);
        IPv4 = TrieAt(table, Section.IPv4Bits);
        IPv6 = TrieAt(table, Section.IPv6Bits);
        IndexBytes = IndexBytesOf(table);
    }

    ~Snapshot() => Unmap(_view);

    /// <summary>The first 128 bits of the SHA-256 of the file's content, in hex.</summary>
    public string Id { get; }

    public IReadOnlyList<SourceInfo> Sources { get; }

    /// <summary>Date of the newest source.</summary>
    public DateTimeOffset DataAsOf { get; }

    public long FileBytes { get; }

    /// <summary>Bytes of both tries.</summary>
    public long IndexBytes { get; }

    public int ProfileCount => _profileCount;

    public int AsnCount => _asnCount;

    internal int ClaimCount => _claimCount;

    // Only for methods that keep the snapshot alive themselves.
    RadixTrie IPv4 { get; }

    RadixTrie IPv6 { get; }

    /// <summary>Maps a snapshot and proves it sound.</summary>
    /// <exception cref="SnapshotException">The file is no sound snapshot.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Snapshot Open(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        SectionTable.Require(file.Length is > 0 and <= int.MaxValue, $"it has {file.Length} bytes");
        using var map = MemoryMappedFile.CreateFromFile(
            file, mapName: null, capacity: 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        var accessor = map.CreateViewAccessor(0, file.Length, MemoryMappedFileAccess.Read);
        var view = accessor.SafeMemoryMappedViewHandle; // keeps the mapping; map and file may be closed
        byte* start = null;
        view.AcquirePointer(ref start);
        try
        {
            var table = new SectionTable(new ReadOnlySpan<byte>(start + accessor.PointerOffset, (int)file.Length));
            return new Snapshot(view, start + accessor.PointerOffset, table, SnapshotVerifier.Verify(table));
        }
        catch
        {
            Unmap(view);
            throw;
        }
    }

    /// <summary>
    /// The bytes of the file, for copies of it. They are read from the mapping: they stay the same when the file is deleted or another
    /// takes its name, and the stream keeps the snapshot.
    /// </summary>
    public Stream OpenRead() => new FileContent(this, offset: 0);

    /// <summary>Finds what is known of an address. Allocates nothing.</summary>
    /// <returns>Index of its profile; 0 where nothing is known.</returns>
    public uint Find(Address address)
    {
        var profile = address.IsIPv4 ? IPv4.FindIPv4(address.IPv4) : IPv6.FindIPv6(address);
        GC.KeepAlive(this);
        return profile;
    }

    /// <summary>Finds many IPv4 addresses at once; see <see cref="RadixTrie"/>.</summary>
    public void Find(ReadOnlySpan<uint> ipv4, Span<uint> profiles)
    {
        IPv4.FindIPv4(ipv4, profiles);
        GC.KeepAlive(this);
    }

    /// <summary>Finds many IPv6 addresses at once; none of them may be IPv4.</summary>
    public void Find(ReadOnlySpan<Address> ipv6, Span<uint> profiles)
    {
        IPv6.FindIPv6(ipv6, profiles);
        GC.KeepAlive(this);
    }

    /// <summary>What is known of the addresses of a range, in maximal segments. Takes as long as there are segments in the range.</summary>
    public SegmentWalk SegmentsIn(AddressRange range) => new(this, range);

    /// <summary>An address's profile, and the last address up to which it surely is the same.</summary>
    internal (uint Profile, Address Last) RunAt(Address address)
    {
        if (!address.IsIPv4)
        {
            var run = IPv6.RunIPv6(address);
            GC.KeepAlive(this);
            return run;
        }
        var (profile, last) = IPv4.RunIPv4(address.IPv4);
        GC.KeepAlive(this);
        return (profile, Address.FromIPv4(last));
    }

    /// <summary>What a profile says of the addresses that have it.</summary>
    public Profile ProfileAt(uint index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, (uint)_profileCount);
        var word = _profiles[index];
        GC.KeepAlive(this);
        return new Profile(word);
    }

    /// <summary>The ASN of a profile; null where none announces the prefix.</summary>
    public AsnInfo? AsnOf(Profile profile) => profile.Word.AsnPlus1 == 0 ? null : AsnAt((int)profile.Word.AsnPlus1 - 1);

    /// <summary>Number of a profile's ASN; 0 where none announces the prefix. Allocates nothing.</summary>
    public uint AsnNumberOf(Profile profile) => AsnNumberAndName(profile.Word).Number;

    /// <summary>An ASN by its number; null where the snapshot does not know it.</summary>
    public AsnInfo? AsnOf(Asn asn)
    {
        var index = new ReadOnlySpan<uint>(_asnNumbers, _asnCount).BinarySearch(asn.Number);
        GC.KeepAlive(this);
        return index < 0 ? null : AsnAt(index);
    }

    AsnInfo AsnAt(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)_asnCount); // a profile may be another snapshot's
        var (number, record) = (_asnNumbers[index], _asns[index]);
        GC.KeepAlive(this);
        return new(new Asn(number), Text(record.Name), Text(record.Provider), (AsnRole)record.Role, (RoleBasis)record.Basis);
    }

    /// <summary>The role that decides which claims about the whole ASN count.</summary>
    internal AsnRole RoleOf(ProfileWord profile)
    {
        var role = profile.AsnPlus1 == 0 ? AsnRole.Unknown : (AsnRole)_asns[profile.AsnPlus1 - 1].Role;
        GC.KeepAlive(this);
        return role;
    }

    internal RoleBasis RoleBasisOf(ProfileWord profile)
    {
        var basis = profile.AsnPlus1 == 0 ? RoleBasis.None : (RoleBasis)_asns[profile.AsnPlus1 - 1].Basis;
        GC.KeepAlive(this);
        return basis;
    }

    /// <summary>String: the brand that the ASN's role names; 0 for none.</summary>
    internal uint RoleProviderOf(ProfileWord profile)
    {
        var provider = profile.AsnPlus1 == 0 ? 0 : _asns[profile.AsnPlus1 - 1].Provider;
        GC.KeepAlive(this);
        return provider;
    }

    /// <summary>Number, and string of the name; both 0 where no ASN announces the prefix.</summary>
    internal (uint Number, uint Name) AsnNumberAndName(ProfileWord profile)
    {
        var result = profile.AsnPlus1 == 0 ? default : (_asnNumbers[profile.AsnPlus1 - 1], _asns[profile.AsnPlus1 - 1].Name);
        GC.KeepAlive(this);
        return result;
    }

    /// <summary>The claims on a profile's prefixes and those on its ASN, each in the order of the claims. The caller keeps the snapshot alive.</summary>
    internal ClaimSpans ClaimsOf(ProfileWord profile) =>
        new(List(profile.List), profile.AsnPlus1 == 0 ? default : List(_asns[profile.AsnPlus1 - 1].Claims));

    ReadOnlySpan<uint> List(uint list) => new(_listClaims + _listOffsets[list], (int)(_listOffsets[list + 1] - _listOffsets[list]));

    internal Claim ClaimAt(uint index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, (uint)_claimCount);
        var claim = _claims[index];
        GC.KeepAlive(this);
        return claim;
    }

    internal string Text(uint index)
    {
        var text = Encoding.UTF8.GetString(Utf8(index));
        GC.KeepAlive(this);
        return text;
    }

    /// <summary>A string's bytes. The caller keeps the snapshot alive.</summary>
    internal ReadOnlySpan<byte> Utf8(uint index) => new(_text + _textOffsets[index], (int)(_textOffsets[index + 1] - _textOffsets[index]));

    static long IndexBytesOf(SectionTable table)
    {
        var bytes = 0L;
        for (var section = Section.IPv4Bits; section <= Section.IPv6Sparse; section++)
        {
            bytes += table.Get<byte>(section).Length;
        }
        return bytes;
    }

    RadixTrie TrieAt(SectionTable table, Section first) => new(
        (ulong*)(_start + table.OffsetOf(first)), (ushort*)(_start + table.OffsetOf(first + 1)), (uint*)(_start + table.OffsetOf(first + 2)),
        (uint*)(_start + table.OffsetOf(first + 3)), (ushort*)(_start + table.OffsetOf(first + 4)));

    // Over the handle, which holds the mapping during each read.
    sealed class FileContent(Snapshot snapshot, long offset) : UnmanagedMemoryStream(snapshot._view, offset, snapshot.FileBytes, FileAccess.Read)
    {
        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            GC.KeepAlive(snapshot);
        }
    }

    // The acquired pointer alone would keep the mapping for ever.
    static void Unmap(SafeMemoryMappedViewHandle view)
    {
        view.ReleasePointer();
        view.Dispose();
    }
}

internal readonly ref struct ClaimSpans(ReadOnlySpan<uint> onPrefixes, ReadOnlySpan<uint> onAsn)
{
    public ReadOnlySpan<uint> OnPrefixes { get; } = onPrefixes;

    public ReadOnlySpan<uint> OnAsn { get; } = onAsn;
}

/// <summary>What a segment of address space is, by reference into a snapshot.</summary>
public readonly record struct Profile
{
    internal Profile(ProfileWord word) => Word = word;

    internal ProfileWord Word { get; }

    /// <summary>Length of the network that holds the address: the ASN table's, else that of the widest claim; 0 for none.</summary>
    public int NetworkLength => Word.NetworkLength;

    public bool IsEmpty => Word.Bits == 0;

    /// <summary>Family of the addresses that have it; profile 0, where nothing is known, is of both and does not tell.</summary>
    public bool IsIPv6 => Word.IsIPv6;
}

/// <summary>What a snapshot knows of an ASN.</summary>
/// <param name="Name">The organisation as the ASN table has it; empty where it has none.</param>
/// <param name="Provider">The brand as the role table has it; empty where it has none.</param>
public sealed record AsnInfo(Asn Asn, string Name, string Provider, AsnRole Role, RoleBasis Basis);
