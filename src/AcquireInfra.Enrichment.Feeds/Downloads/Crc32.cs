namespace AcquireInfra.Enrichment.Feeds.Downloads;

/// <summary>The check sum of zip (ISO 3309), which the framework's reader does not compare.</summary>
internal static class Crc32
{
    static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(value => Shift((uint)value))];

    /// <param name="crc">Of what came before; 0 at first.</param>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        crc = ~crc;
        foreach (var value in bytes)
        {
            crc = Table[(byte)(crc ^ value)] ^ crc >> 8;
        }
        return ~crc;
    }

    static uint Shift(uint value)
    {
        const uint Polynomial = 0xEDB8_8320;
        for (var bit = 0; bit < 8; bit++)
        {
            value = (value & 1) == 0 ? value >> 1 : Polynomial ^ value >> 1;
        }
        return value;
    }
}
