using System.Buffers;
using System.Buffers.Binary;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Service.Rpc;

/// <summary>Numbers in, columns out: the verdicts of packed addresses, written as the bytes of a <see cref="V1.PackedVerdicts"/>.</summary>
internal static class PackedAnswer
{
    const byte NotJudged = 255;

    static readonly byte PackedTag = ProtoWire.Tag(V1.StreamScoreIpResponse.PackedFieldNumber);

    static readonly byte[] ColumnTags =
    [
        ProtoWire.Tag(V1.PackedVerdicts.ScoresFieldNumber), ProtoWire.Tag(V1.PackedVerdicts.LevelsFieldNumber),
        ProtoWire.Tag(V1.PackedVerdicts.PresentFieldNumber), ProtoWire.Tag(V1.PackedVerdicts.AssessedFieldNumber), ProtoWire.Tag(V1.PackedVerdicts.AsnsFieldNumber),
    ];

    /// <summary>Addresses in it; the length of its IPv6 bytes is a multiple of 16.</summary>
    public static int CountOf(V1.PackedAddresses addresses) => addresses.Ipv4.Count + addresses.Ipv6.Length / 16;

    /// <summary>Writes the field "packed" of a StreamScoreIpResponse.</summary>
    public static void Write(V1.PackedAddresses addresses, Judge judge, ArrayBufferWriter<byte> to)
    {
        var count = CountOf(addresses);
        if (count == 0)
        {
            to.Advance(ProtoWire.WriteHead(PackedTag, 0, to.GetSpan(2)));
            return;
        }
        var bytes = 2 * ProtoWire.FieldBytes(count) + 3 * ProtoWire.FieldBytes(4 * count);
        var field = to.GetSpan(ProtoWire.FieldBytes(bytes));
        var at = ProtoWire.WriteHead(PackedTag, bytes, field);
        var columns = new Columns
        {
            Scores = Column(0, count, field, ref at),
            Levels = Column(1, count, field, ref at),
            Present = Column(2, 4 * count, field, ref at),
            Assessed = Column(3, 4 * count, field, ref at),
            Asns = Column(4, 4 * count, field, ref at),
        };
        WriteIPv4(addresses, judge, columns);
        WriteIPv6(addresses, judge, columns);
        to.Advance(at);
    }

    static Span<byte> Column(int column, int bytes, Span<byte> field, ref int at)
    {
        at += ProtoWire.WriteHead(ColumnTags[column], bytes, field[at..]);
        at += bytes;
        return field.Slice(at - bytes, bytes);
    }

    static void WriteIPv4(V1.PackedAddresses addresses, Judge judge, Columns columns)
    {
        const int Group = 256;
        Span<uint> ipv4 = stackalloc uint[Group];
        Span<uint> profiles = stackalloc uint[Group];
        for (var start = 0; start < addresses.Ipv4.Count; start += Group)
        {
            var count = Math.Min(Group, addresses.Ipv4.Count - start);
            for (var at = 0; at < count; at++)
            {
                ipv4[at] = addresses.Ipv4[start + at];
            }
            judge.Snapshot.Find(ipv4[..count], profiles[..count]);
            for (var at = 0; at < count; at++)
            {
                columns.Write(start + at, Address.FromIPv4(ipv4[at]), profiles[at], judge);
            }
        }
    }

    // One of them may be an IPv4 address after all (::ffff:a.b.c.d), so each is found by itself.
    static void WriteIPv6(V1.PackedAddresses addresses, Judge judge, Columns columns)
    {
        var octets = addresses.Ipv6.Span;
        for (var row = addresses.Ipv4.Count; !octets.IsEmpty; row++, octets = octets[16..])
        {
            var address = Address.FromBytes(octets[..16]);
            columns.Write(row, address, judge.Snapshot.Find(address), judge);
        }
    }

    ref struct Columns
    {
        public Span<byte> Scores;
        public Span<byte> Levels;
        public Span<byte> Present;
        public Span<byte> Assessed;
        public Span<byte> Asns;

        public readonly void Write(int row, Address address, uint profile, Judge judge)
        {
            var isGlobal = SpecialPurpose.ScopeOf(address) == AddressScope.Global;
            var verdict = isGlobal ? judge.VerdictOf(address, profile) : Verdict.Special;
            Scores[row] = isGlobal ? (byte)verdict.Score : NotJudged;
            Levels[row] = isGlobal ? (byte)VerdictMessages.Of(verdict.Level) : (byte)V1.RiskLevel.Unspecified;
            BinaryPrimitives.WriteUInt32LittleEndian(Present[(4 * row)..], verdict.Present.Bits);
            BinaryPrimitives.WriteUInt32LittleEndian(Assessed[(4 * row)..], verdict.Assessed.Bits);
            BinaryPrimitives.WriteUInt32LittleEndian(Asns[(4 * row)..], judge.Snapshot.AsnNumberOf(judge.Snapshot.ProfileAt(profile)));
        }
    }
}
