using AcquireInfra.Enrichment.Service.Rpc;
using Google.Protobuf;

namespace AcquireInfra.Enrichment.Service.Tests.Rpc;

public sealed class ProtoWireTests
{
    [Theory]
    [InlineData(1, 0), InlineData(2, 1), InlineData(3, 127), InlineData(4, 128), InlineData(15, 16_383), InlineData(1, 16_384)]
    [InlineData(1, 2_097_151), InlineData(1, 2_097_152), InlineData(1, 268_435_455), InlineData(1, 268_435_456), InlineData(1, int.MaxValue)]
    public void WriteHead_TagAndLength_AreWhatProtobufWrites(int field, int length)
    {
        var expected = new byte[6];
        using var stream = new CodedOutputStream(expected);
        stream.WriteTag(field, WireFormat.WireType.LengthDelimited);
        stream.WriteLength(length);
        var written = new byte[6];
        var count = ProtoWire.WriteHead(ProtoWire.Tag(field), length, written);
        Assert.Equal(expected, written);
        Assert.Equal((stream.Position, count - 1), (count, ProtoWire.VarintBytes(length)));
    }
}
