namespace AcquireInfra.Enrichment.Tests.Parsing;

/// <summary>Valid bytes, made hostile: cut, flipped, inserted into, zeroed, overwritten, repeated, or made up altogether.</summary>
internal static class Mutations
{
    /// <param name="most">Most mutations of one copy: a binary format rarely survives a second one.</param>
    public static byte[] Of(byte[] valid, Random random, int most)
    {
        if (random.Next(20) == 0)
        {
            return Noise(random, random.Next(valid.Length * 2));
        }
        var bytes = valid;
        for (var times = random.Next(1, most + 1); times > 0 && bytes.Length > 0; times--)
        {
            bytes = Mutate(bytes, random);
        }
        return bytes;
    }

    static byte[] Mutate(byte[] bytes, Random random)
    {
        var at = random.Next(bytes.Length);
        var length = Math.Min(random.Next(1, 17), bytes.Length - at);
        switch (random.Next(8))
        {
            case 0:
                return bytes[..at];
            case 1:
                return Changed(bytes, at, 1, _ => (byte)(bytes[at] ^ 1 << random.Next(8)));
            case 2:
                return [.. bytes[..at], .. Noise(random, length), .. bytes[at..]];
            case 3:
                return Changed(bytes, at, length, _ => 0);
            case 4:
                return Changed(bytes, at, length, _ => (byte)random.Next(256));
            case 5: // what the formats are made of does more harm than noise
                return Changed(bytes, at, 1, _ => "\n\r\t ,;\"#[]{}:/-.0\\\uFEFF"u8[random.Next(20)]);
            case 6:
                return [.. bytes[..(at + length)], .. bytes[at..]];
            default:
                return [.. bytes[..at], .. bytes[(at + length)..]];
        }
    }

    static byte[] Changed(byte[] bytes, int at, int length, Func<int, byte> to)
    {
        byte[] changed = [.. bytes];
        for (var index = at; index < at + length; index++)
        {
            changed[index] = to(index);
        }
        return changed;
    }

    static byte[] Noise(Random random, int length)
    {
        var noise = new byte[length];
        random.NextBytes(noise);
        return noise;
    }
}
