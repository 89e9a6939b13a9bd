using System.Buffers.Binary;

namespace AcquireInfra.Enrichment.Feeds.Downloads;

/// <summary>
/// The directory at the end of a zip, measured before anyone reads it: it is read whole into memory, whatever number of members it
/// states. Zip64 is for archives larger than any of ours.
/// </summary>
internal static class ZipDirectory
{
    const int EndBytes = 22, LongestComment = 65_535;
    const int MaxBytesPerMember = 512;

    /// <exception cref="InvalidDataException">No directory, a lying one, or a larger one than so many members need.</exception>
    public static void RequireSmall(Stream zip, int maxMembers)
    {
        var tail = new byte[Math.Min(zip.Length, EndBytes + LongestComment)];
        zip.Position = zip.Length - tail.Length;
        zip.ReadExactly(tail);
        zip.Position = 0;
        var at = tail.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        if (at < 0 || tail.Length - at < EndBytes)
        {
            throw new InvalidDataException("a zip without directory");
        }
        var end = tail.AsSpan(at);
        var members = BinaryPrimitives.ReadUInt16LittleEndian(end[10..]);
        var bytes = BinaryPrimitives.ReadUInt32LittleEndian(end[12..]);
        var offset = BinaryPrimitives.ReadUInt32LittleEndian(end[16..]);
        var endOffset = zip.Length - tail.Length + at;
        if (members > maxMembers || offset + (long)bytes != endOffset || bytes > (long)maxMembers * MaxBytesPerMember)
        {
            throw new InvalidDataException($"a zip of more than {maxMembers} members, or with an odd directory");
        }
    }
}
