using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text.RegularExpressions;

namespace AcquireInfra.Enrichment.Feeds.Downloads;

/// <summary>
/// Takes the one wanted file out of what was published: gzip, tar and zip, told by their first bytes, a tar inside a gzip too. Names
/// inside an archive choose a member and are never used as a path; an archive that holds an odd one is refused whole.
/// </summary>
/// <param name="member">File name of the member, <c>*</c> for anything; null: the archive holds one file.</param>
internal sealed class Unpacker(string? member, FetchLimits limits)
{
    const long RatioFloorBytes = 1024 * 1024;
    const int TarMagicOffset = 257;

    readonly Regex _wanted = new("^" + Regex.Escape(member ?? "*").Replace("\\*", ".*", StringComparison.Ordinal) + "\\z", RegexOptions.NonBacktracking);

    /// <exception cref="InvalidDataException">A broken archive, or one that no publisher would make.</exception>
    /// <exception cref="FetchException">Too much, or not the member that is wanted.</exception>
    public void Unpack(string published, string scratchFile, Stream destination)
    {
        using var file = File.OpenRead(published);
        var start = Start(file);
        if (start.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]))
        {
            using var unzipped = new FileStream(scratchFile, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 64 * 1024, FileOptions.DeleteOnClose);
            Gunzip(file, unzipped);
            UnpackTar(unzipped, destination);
        }
        else if (start.StartsWith("PK\u0003\u0004"u8))
        {
            UnpackZip(file, destination);
        }
        else
        {
            UnpackTar(file, destination);
        }
    }

    public void Gunzip(Stream packed, Stream destination)
    {
        using (var gzip = new GZipStream(packed, CompressionMode.Decompress, leaveOpen: true))
        {
            Copy(gzip, destination, packed.Length);
        }
        RequireWhole(packed, destination.Position);
        destination.Position = 0;
    }

    // The framework's reader takes the end of the file for the end of the data. The last four bytes say how long that is (RFC 1952).
    static void RequireWhole(Stream packed, long unpackedBytes)
    {
        const int LeastBytes = 20; // header, an empty block, check sum and length
        Span<byte> length = stackalloc byte[4];
        packed.Position = Math.Max(packed.Length - length.Length, 0);
        if (packed.Length < LeastBytes || packed.ReadAtLeast(length, length.Length, throwOnEndOfStream: false) < length.Length
            || BinaryPrimitives.ReadUInt32LittleEndian(length) != (uint)unpackedBytes)
        {
            throw new InvalidDataException("a gzip file that is not whole");
        }
    }

    static ReadOnlySpan<byte> Start(Stream file)
    {
        var start = new byte[TarMagicOffset + 5];
        var read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        file.Position = 0;
        return start.AsSpan(0, read);
    }

    // What is no tar is the file itself.
    void UnpackTar(Stream file, Stream destination)
    {
        var start = Start(file);
        if (start.Length < TarMagicOffset + 5 || !start[TarMagicOffset..].SequenceEqual("ustar"u8))
        {
            Copy(file, destination, file.Length);
            return;
        }
        using var tar = new TarReader(file, leaveOpen: true);
        var (seen, taken) = (0, 0);
        while (tar.GetNextEntry() is { } entry)
        {
            RequireOrdinary(entry.Name, ++seen);
            if (entry.EntryType is TarEntryType.Directory)
            {
                continue;
            }
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile))
            {
                throw new InvalidDataException($"a member of the kind {entry.EntryType}");
            }
            if (IsWanted(entry.Name, ref taken))
            {
                Copy(entry.DataStream ?? Stream.Null, destination, file.Length);
            }
        }
        RequireOne(taken);
    }

    void UnpackZip(FileStream file, Stream destination)
    {
        ZipDirectory.RequireSmall(file, limits.MaxMembers);
        using var zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
        var (seen, taken) = (0, 0);
        foreach (var entry in zip.Entries)
        {
            const int UnixKind = 0xF000, UnixLink = 0xA000;
            RequireOrdinary(entry.FullName, ++seen);
            if ((entry.ExternalAttributes >> 16 & UnixKind) == UnixLink)
            {
                throw new InvalidDataException("a member that is a link");
            }
            if (!entry.FullName.EndsWith('/') && IsWanted(entry.FullName, ref taken))
            {
                using var content = entry.Open();
                var sum = new Crc32();
                if (Copy(content, destination, entry.CompressedLength, sum) != entry.Length || sum.GetCurrentHashAsUInt32() != entry.Crc32)
                {
                    throw new InvalidDataException("a member that is not what the directory says");
                }
            }
        }
        RequireOne(taken);
    }

    void RequireOrdinary(string name, int seen)
    {
        if (seen > limits.MaxMembers)
        {
            throw new InvalidDataException($"more than {limits.MaxMembers} members");
        }
        var parts = name.Split('/', '\\');
        if (name.Length == 0 || parts[0].Length == 0 || parts[0].Contains(':', StringComparison.Ordinal) || parts.Contains("..") || name.Contains('\0', StringComparison.Ordinal))
        {
            throw new InvalidDataException("a member whose name leads out of the archive");
        }
    }

    bool IsWanted(string name, ref int taken)
    {
        if (!_wanted.IsMatch(name[(name.LastIndexOf('/') + 1)..]))
        {
            return false;
        }
        return ++taken == 1 ? true : throw new FetchException(FetchFault.BadArchive, $"more than one member fits '{member ?? "*"}'");
    }

    void RequireOne(int taken)
    {
        if (taken == 0)
        {
            throw new FetchException(FetchFault.BadArchive, $"no member fits '{member ?? "*"}'");
        }
    }

    /// <returns>Bytes copied.</returns>
    long Copy(Stream from, Stream to, long packedBytes, Crc32? sum = null)
    {
        var buffer = new byte[64 * 1024];
        var total = 0L;
        for (int read; (read = from.Read(buffer)) > 0;)
        {
            total += read;
            if (total > limits.MaxUnpackedBytes)
            {
                throw new FetchException(FetchFault.TooLarge, $"more than {limits.MaxUnpackedBytes} bytes unpacked");
            }
            if (total > RatioFloorBytes && total > packedBytes * limits.MaxRatio)
            {
                throw new FetchException(FetchFault.TooLarge, $"more than {limits.MaxRatio} bytes unpacked for each one packed");
            }
            to.Write(buffer, 0, read);
            sum?.Append(buffer.AsSpan(0, read));
        }
        return total;
    }
}
