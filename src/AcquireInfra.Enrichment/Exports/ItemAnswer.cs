using System.Diagnostics.CodeAnalysis;
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
    /// <param name="present">The judge of the present.</param>
    public static ItemAnswer Of(Span<byte> bytes, (int Offset, int Length) value, Judge present)
    {
        if (!AskedItem.TryRead(bytes, value, out var asked, out var fault))
        {
            return new(null, fault);
        }
        var judge = asked.At is { } at ? present.AtTime(at) : present;
        return new(VerdictResponse.From(judge.Explain(asked.Address), judge) with { Input = asked.Input, Id = asked.Id }, null);
    }
}

/// <summary>One item of a JSON batch, read.</summary>
/// <param name="Input">The address as it was given.</param>
/// <param name="At">When to judge; null for now.</param>
public sealed record AskedItem(Address Address, string Input, string? Id, DateTimeOffset? At)
{
    /// <param name="bytes">That hold the value; escaped texts in it are unescaped where they lie.</param>
    public static bool TryRead(
        Span<byte> bytes, (int Offset, int Length) value, [NotNullWhen(true)] out AskedItem? asked, [NotNullWhen(false)] out FaultResponse? wrong)
    {
        var item = ItemReader.Read(bytes, value.Offset, value.Length, new(LineFormat.Ndjson, int.MaxValue));
        var fault = AddressFault.None;
        (asked, wrong) = (null, null);
        if (item.Fault != ItemFault.None || !AddressParser.TryParse(item.TextIn(bytes), out var address, out fault))
        {
            wrong = FaultResponse.Of(item, fault, bytes);
            return false;
        }
        asked = new(address, Encoding.UTF8.GetString(item.TextIn(bytes)), item.HasId ? Encoding.UTF8.GetString(item.IdIn(bytes)) : null, item.At);
        return true;
    }
}
