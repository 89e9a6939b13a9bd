using System.Buffers.Text;
using System.Text;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Parsing;

/// <summary>Turns the fields of a record into entries or located faults: the one place where feed text becomes values.</summary>
internal sealed class RecordMapper(FeedFormat format, FieldMap map, FeedLimits limits, FeedContent content)
{
    readonly bool _hasPrefixes = format.Prefix.Count > 0 || format.First is not null;
    readonly PrefixReader _prefixes = new(format, limits, content);

    /// <summary>Takes one complete record. A record that no filter wants is passed over.</summary>
    public void Map(FeedRecord record)
    {
        content.Records++;
        if (content.IsFull || !TryReadFields(record, out var asn, out var label) || HasNoFlag(label))
        {
            return;
        }
        if (_hasPrefixes && !IsUnrouted(asn))
        {
            MapPrefixes(record, asn, label);
        }
        else if (!_hasPrefixes && asn.Number != 0)
        {
            content.Add(asn, label);
        }
        else if (!_hasPrefixes)
        {
            content.Fault(FeedFault.MissingField, record.Line, record.Column);
        }
    }

    /// <summary>Reads a record whose prefix comes from elsewhere: the tree of a MaxMind DB.</summary>
    /// <returns>False where the record is not wanted or faulty; it was counted then.</returns>
    public bool TryReadNetwork(FeedRecord record, out Asn asn, out int label) =>
        TryReadFields(record, out asn, out label) && !IsUnrouted(asn) && !HasNoFlag(label);

    // A record whose category flags are all false says that the address is none of them.
    bool HasNoFlag(int label) => map.Flags.Count > 0 && content.Labels[label].Categories.IsEmpty;

    // An ASN table's "not routed" row; an IPinfo network without ASN. A claim needs none.
    bool IsUnrouted(Asn asn) => asn.Number == 0 && format.IsAsnTable && format.Asn.Count > 0;

    bool TryReadFields(FeedRecord record, out Asn asn, out int label)
    {
        (asn, label) = (default, 0);
        if (!PassesFilters(record))
        {
            return false;
        }
        var asnIndex = record.IndexOf((int)FieldSlot.Asn);
        if (asnIndex >= 0 && !Asn.TryParse(record.ValueAt(asnIndex), out asn))
        {
            var (line, column) = record.PlaceAt(asnIndex);
            content.Fault(FeedFault.BadAsn, line, column);
            return false;
        }
        if (!TryReadLabel(record, out label))
        {
            content.Fault(FeedFault.BadValue, record.Line, record.Column);
            return false;
        }
        if (asn.Number != 0 && record.ValueOf(FieldSlot.Name) is { IsEmpty: false } name)
        {
            content.NameAsn(asn, CleanText.Of(name, limits.MaxNameCharacters));
        }
        return true;
    }

    void MapPrefixes(FeedRecord record, Asn asn, int label)
    {
        var seen = false;
        for (var index = 0; index < record.ValueCount; index++)
        {
            if (record.SlotAt(index) == (int)FieldSlot.Prefix)
            {
                var (line, column) = record.PlaceAt(index);
                _prefixes.Read(record.ValueAt(index), asn, label, line, column);
                seen = true;
            }
        }
        if (format.First is not null)
        {
            _prefixes.ReadRange(record.ValueOf(FieldSlot.First), record.ValueOf(FieldSlot.Last), asn, label, record.Line, record.Column);
            seen = true;
        }
        if (!seen)
        {
            content.Fault(FeedFault.MissingField, record.Line, record.Column);
        }
    }

    bool PassesFilters(FeedRecord record)
    {
        for (var at = 0; at < map.Filters.Count; at++)
        {
            if (!Passes(map.Filters[at], record, map.FirstFilterSlot + at))
            {
                return false;
            }
        }
        return true;
    }

    // A field with several values (an array) passes "in" when any does.
    static bool Passes(FeedFilter filter, FeedRecord record, int slot)
    {
        if (filter.Min is { } min)
        {
            var value = record.ValueOf(slot);
            return Utf8Parser.TryParse(value, out double number, out var used) && used == value.Length && number >= min;
        }
        var listed = false;
        for (var index = 0; index < record.ValueCount && !listed; index++)
        {
            listed = record.SlotAt(index) == slot && (filter.In ?? filter.NotIn ?? []).Contains(Encoding.UTF8.GetString(record.ValueAt(index)));
        }
        return listed == (filter.In is not null);
    }

    bool TryReadLabel(FeedRecord record, out int label)
    {
        label = 0;
        if (record.ValueCount == 1 && record.SlotAt(0) == (int)FieldSlot.Prefix)
        {
            return true;
        }
        var provider = record.ValueOf(FieldSlot.Provider);
        var valid = TryReadConfidence(record.ValueOf(FieldSlot.Confidence), out var confidence);
        valid &= TryReadTime(record.ValueOf(FieldSlot.FirstSeen), out var firstSeen);
        valid &= TryReadTime(record.ValueOf(FieldSlot.LastSeen), out var lastSeen);
        label = !valid ? 0 : content.LabelOf(new(
            ReadFlags(record), provider.IsEmpty ? null : NameOf(CleanText.Of(provider, limits.MaxNameCharacters)), confidence, firstSeen, lastSeen));
        return valid;
    }

    string NameOf(string provider) => format.ProviderNames.GetValueOrDefault(provider, provider);

    CategorySet ReadFlags(FeedRecord record)
    {
        var set = CategorySet.Empty;
        for (var at = 0; at < map.Flags.Count; at++)
        {
            set = IsTrue(record.ValueOf(map.FirstFlagSlot + at)) ? set.With(map.Flags[at]) : set;
        }
        return set;
    }

    // IPinfo writes "true" and "", MaxMind leaves false ones out, some write 1 and 0. Any other word, "no" or "null", is not true.
    static bool IsTrue(ReadOnlySpan<byte> value) => Ascii.EqualsIgnoreCase(value, "true"u8)
        || (Utf8Parser.TryParse(value, out double number, out var used) && used == value.Length && number != 0);

    static bool TryReadConfidence(ReadOnlySpan<byte> text, out int percent)
    {
        percent = 100;
        if (text.IsEmpty)
        {
            return true;
        }
        var valid = Utf8Parser.TryParse(text, out double share, out var used) && used == text.Length && share is > 0 and <= 1;
        percent = valid ? Math.Max((int)Math.Round(share * 100), 1) : 0;
        return valid;
    }

    static bool TryReadTime(ReadOnlySpan<byte> text, out DateTimeOffset? time)
    {
        time = TimeText.Read(text);
        return text.IsEmpty || time is not null;
    }
}
