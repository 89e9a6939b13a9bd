using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using AcquireInfra.Enrichment.Addressing;
using MaxMind.Db;

namespace AcquireInfra.Enrichment.Parsing;

/// <summary>
/// A MaxMind DB of any vendor, read by MaxMind.Db and memory-mapped: an ASN database, a database of category flags, or one where
/// being found is the answer. The path must be a private copy: whoever truncates a mapped file ends the process.
/// </summary>
internal static class MmdbParser
{
    // For what passes the check of the tree and is still more than a database should be.
    static readonly TimeSpan MaxWalk = TimeSpan.FromSeconds(30);

    /// <exception cref="InvalidDataException">The file is no MaxMind DB, or a broken one; the message says which.</exception>
    [SuppressMessage("ApiDesign", "RS0030:Do not use banned APIs", Justification = "The one place; disposed before the method ends.")]
    public static void Parse(string privatePath, FeedFormat format, FeedLimits limits, FeedContent content)
    {
        if (new FileInfo(privatePath).Length is var bytes && bytes > limits.MaxDatabaseBytes)
        {
            throw new InvalidDataException($"A MaxMind DB of {bytes} bytes; {limits.MaxDatabaseBytes} are the most.");
        }
        try
        {
            using var reader = new Reader(privatePath, FileAccessMode.MemoryMapped);
            var metadata = reader.Metadata;
            content.AsOf = BuildTime(metadata);
            MmdbTreeCheck.Check(privatePath, NodeCount(metadata), RecordSize(metadata), metadata.IPVersion == 4 ? 32 : 128);
            Walk(reader, new NetworkMapper(format, limits, content), limits, content);
        }
        catch (Exception exception) when (exception is InvalidDatabaseException or DeserializationException or ArgumentException
            or InvalidOperationException or OverflowException or IndexOutOfRangeException)
        {
            throw new InvalidDataException($"Not a sound MaxMind DB: {exception.Message}", exception);
        }
    }

    static void Walk(Reader reader, NetworkMapper mapper, FeedLimits limits, FeedContent content)
    {
        var began = Stopwatch.GetTimestamp();
        foreach (var node in reader.FindAll<object>(cacheSize: 1 << 17))
        {
            mapper.Map(Address.FromIPAddress(node.Start), node.PrefixLength, node.Data);
            if (content.IsFull)
            {
                return;
            }
            if ((content.Records & 0xFFF) == 0 && Stopwatch.GetElapsedTime(began) > MaxWalk)
            {
                throw new InvalidDataException(
                    $"Not a sound MaxMind DB: still naming networks after {MaxWalk.TotalSeconds} s and {content.Records} of {limits.MaxEntries}.");
            }
        }
    }

    // The reader does not tell them. A release that names them otherwise fails every test of this class.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_NodeCount")]
    static extern long NodeCount(Metadata metadata);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_RecordSize")]
    static extern int RecordSize(Metadata metadata);

    // Null for a build time that no calendar holds: one test file has 2^64-1.
    static DateTimeOffset? BuildTime(Metadata metadata)
    {
        const ulong LastSecondOf9999 = 253_402_300_799;
        try
        {
            var built = metadata.BuildDate;
            return built > DateTime.UnixEpoch && (ulong)(built - DateTime.UnixEpoch).TotalSeconds < LastSecondOf9999
                ? new DateTimeOffset(DateTime.SpecifyKind(built, DateTimeKind.Utc))
                : null;
        }
        catch (ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    /// <summary>Turns the record of a network into fields. Equal records come as one object, so each is read once.</summary>
    sealed class NetworkMapper(FeedFormat format, FeedLimits limits, FeedContent content)
    {
        readonly FieldMap _map = new(format);
        readonly FeedRecord _record = new();
        readonly Dictionary<object, (bool Wanted, Asn Asn, int Label)> _known = new(ReferenceEqualityComparer.Instance);
        readonly PrefixReader _prefixes = new(format, limits, content);
        readonly List<ulong> _ipv4Networks = [];

        public void Map(Address start, int length, object data)
        {
            content.Records++;
            if (!_known.TryGetValue(data, out var known))
            {
                known = Read(data);
                if (_known.Count < 1 << 18)
                {
                    _known.Add(data, known);
                }
            }
            if (known.Wanted && !IsAlias(start, length) && Prefix.TryCreate(start, length, out var prefix))
            {
                _prefixes.Add(prefix, known.Asn, known.Label, 0, 0);
            }
        }

        // Many databases let ::ffff:0:0/96, 2001::/32 (Teredo) and 2002::/16 (6to4) lead into the IPv4 tree, and the reader names every
        // IPv4 network again under each. They come after the IPv4 networks, in the order of addresses, so a look back tells.
        bool IsAlias(Address start, int length)
        {
            if (start.IsIPv4)
            {
                if (length <= 32)
                {
                    _ipv4Networks.Add(KeyOf(start.IPv4, length));
                }
                return length > 32;
            }
            var (embedded, extra) = start.High >> 48 == 0x2002 ? ((uint)(start.High >> 16), 16)
                : start.High >> 32 == 0x2001_0000 ? ((uint)start.High, 32)
                : (0u, int.MaxValue);
            return length >= extra && length <= extra + 32 && _ipv4Networks.BinarySearch(KeyOf(embedded, length - extra)) >= 0;
        }

        static ulong KeyOf(uint network, int length) => (ulong)network << 8 | (uint)length;

        (bool Wanted, Asn Asn, int Label) Read(object data)
        {
            _record.Begin(0, 0);
            foreach (var (path, slot) in _map.Paths)
            {
                if (Text(At(data, path)) is { } text)
                {
                    _record.Add(slot, Encoding.UTF8.GetBytes(text), 0, 0);
                }
            }
            return new RecordMapper(format, _map, limits, content).TryReadNetwork(_record, out var asn, out var label)
                ? (true, asn, label)
                : default;
        }

        static object? At(object? data, string path)
        {
            foreach (var name in path.Split('.', StringSplitOptions.RemoveEmptyEntries))
            {
                data = data is Dictionary<string, object> map && map.TryGetValue(name, out var value) ? value : null;
            }
            return data;
        }

        static string? Text(object? value) => value switch
        {
            null => null,
            string text => text,
            bool flag => flag ? "true" : "",
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => null,
        };
    }
}
