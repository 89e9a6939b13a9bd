using System.Text;
using System.Text.Json.Serialization;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Exports;

/// <summary>What is wrong with one item, in the place of its verdict.</summary>
/// <param name="Input">What was sent, as far as it can be shown.</param>
/// <param name="Id">The item's own id, echoed.</param>
public sealed record FaultResponse(string Input, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Id, ErrorResponse Error)
{
    internal static FaultResponse Of(in Item item, AddressFault fault, ReadOnlySpan<byte> bytes)
    {
        var given = Encoding.UTF8.GetString(item.TextIn(bytes));
        var id = item.HasId ? Encoding.UTF8.GetString(item.IdIn(bytes)) : null;
        return new(SafeText.Shown(given), id, item.Fault == ItemFault.None
            ? new(ProblemKind.BadAddress.Code, fault.Word(), ProblemKind.Explain(given, fault))
            : new(ProblemKind.BadRequest.Code, item.Fault.Word(), item.Fault.Explain()));
    }
}

/// <param name="Code">Fixed word.</param>
/// <param name="Reason">Fixed word for what is wrong with the address or the item.</param>
public sealed record ErrorResponse(string Code, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason, string Detail);

/// <summary>One of both: a verdict with the item's input, or what is wrong with the item.</summary>
public sealed record ItemAnswer(VerdictResponse? Verdict, FaultResponse? Fault)
{
    /// <summary>Most bytes of an id.</summary>
    public const int MaxIdBytes = 256;

    /// <summary>Answers one JSON value of a batch whole, with all that led to the verdict.</summary>
    /// <param name="bytes">That hold the value; escaped texts in it are unescaped where they lie.</param>
    /// <param name="judgeAt">The judge of a time; of null, of the present.</param>
    public static ItemAnswer Of(Span<byte> bytes, (int Offset, int Length) value, Func<DateTimeOffset?, Judge> judgeAt)
    {
        var item = ItemReader.Read(bytes, value.Offset, value.Length, new(LineFormat.Ndjson, int.MaxValue));
        var fault = AddressFault.None;
        if (item.Fault != ItemFault.None || !AddressParser.TryParse(item.TextIn(bytes), out var address, out fault))
        {
            return new(null, FaultResponse.Of(item, fault, bytes));
        }
        var judge = judgeAt(item.At);
        var input = Encoding.UTF8.GetString(item.TextIn(bytes));
        var id = item.HasId ? Encoding.UTF8.GetString(item.IdIn(bytes)) : null;
        return new(VerdictResponse.From(judge.Explain(address), judge) with { Input = input, Id = id }, null);
    }
}
