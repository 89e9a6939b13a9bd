using System.Text;
using System.Text.Json;

namespace AcquireInfra.Enrichment.Parsing;

/// <summary>
/// Follows the path of the token being read ("values[].properties.addressPrefixes[]") and hands the values at wanted paths to a
/// record, which is mapped when its JSON value ends. Knows nothing of where the bytes come from.
/// </summary>
internal sealed class JsonWalker
{
    const int MaxDepth = 32;

    readonly record struct Wanted(byte[] Path, int Slot);

    readonly byte[][] _recordPaths;
    readonly Wanted[] _wanted;
    readonly byte[]? _asOfPath;
    readonly bool _mapsEachValue;
    readonly RecordMapper _mapper;
    readonly FeedContent _content;
    readonly FeedRecord _record = new();
    readonly int[] _lengthAtDepth = new int[MaxDepth + 1];
    readonly int[] _suffixAtDepth = new int[MaxDepth + 1]; // of the container itself, beyond the length at its depth
    readonly bool[] _isArrayAtDepth = new bool[MaxDepth + 1];
    byte[] _path = new byte[256];
    int _pathLength;
    int _depth;

    public JsonWalker(FeedFormat format, FeedLimits limits, FeedContent content)
    {
        var map = new FieldMap(format);
        _mapper = new RecordMapper(format, map, limits, content);
        _content = content;
        var records = format.Records.Count > 0 ? format.Records : [""];
        _recordPaths = [.. records.Select(Encoding.UTF8.GetBytes)];
        _wanted = [.. records.SelectMany(record => map.Paths.Select(field => new Wanted(Join(record, field.Path), field.Slot)))];
        _asOfPath = format.AsOf is null ? null : Encoding.UTF8.GetBytes(format.AsOf);
        // With nothing but prefixes wanted, a value is a whole record, and a document of any size needs no memory.
        _mapsEachValue = map.Paths.All(path => path.Slot is (int)FieldSlot.Prefix or (int)FieldSlot.Asn) && map.Paths.Count > 0
            && (map.Paths.All(path => path.Slot == (int)FieldSlot.Prefix) || map.Paths.Count == 1);
    }

    public static JsonReaderOptions ReaderOptions => new() { MaxDepth = MaxDepth, CommentHandling = JsonCommentHandling.Disallow };

    /// <summary>Forgets the document that was being read.</summary>
    public void Reset()
    {
        _pathLength = 0;
        _depth = 0;
        _record.Begin(0, 0);
    }

    /// <summary>Takes the token the reader stands on; line and column tell where it begins.</summary>
    public void Take(ref Utf8JsonReader reader, int line, int column)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                _pathLength = _lengthAtDepth[_depth];
                if (_pathLength > 0)
                {
                    Append("."u8);
                }
                AppendName(ref reader);
                break;
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                EnterElement();
                BeginRecord(line, column);
                Open(isArray: reader.TokenType == JsonTokenType.StartArray);
                break;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                _depth--;
                _pathLength = _lengthAtDepth[_depth] + _suffixAtDepth[_depth];
                EndRecord();
                break;
            default:
                EnterElement();
                BeginRecord(line, column);
                TakeValue(ref reader, line, column);
                EndRecord();
                break;
        }
    }

    void Open(bool isArray)
    {
        _suffixAtDepth[_depth] = _pathLength - _lengthAtDepth[_depth];
        _depth++;
        _lengthAtDepth[_depth] = _pathLength;
        _isArrayAtDepth[_depth] = isArray;
    }

    void EnterElement()
    {
        if (_isArrayAtDepth[_depth] && _depth > 0)
        {
            _pathLength = _lengthAtDepth[_depth];
            Append("[]"u8);
        }
        else if (_depth == 0)
        {
            _pathLength = 0;
        }
    }

    void TakeValue(ref Utf8JsonReader reader, int line, int column)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }
        var path = _path.AsSpan(0, _pathLength);
        foreach (var wanted in _wanted)
        {
            if (path.SequenceEqual(wanted.Path))
            {
                _record.Add(wanted.Slot, Value(ref reader), line, column);
                if (_mapsEachValue)
                {
                    _mapper.Map(_record);
                    _record.Begin(line, column);
                }
            }
        }
        if (_asOfPath is not null && path.SequenceEqual(_asOfPath))
        {
            _content.AsOf = TimeText.Read(Value(ref reader)) ?? _content.AsOf;
        }
    }

    static ReadOnlySpan<byte> Value(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.String && reader.ValueIsEscaped
        ? Encoding.UTF8.GetBytes(reader.GetString()!)
        : reader.ValueSpan;

    void BeginRecord(int line, int column)
    {
        if (IsRecord())
        {
            _record.Begin(line, column);
        }
    }

    void EndRecord()
    {
        if (!IsRecord())
        {
            return;
        }
        if (!_mapsEachValue && _record.ValueCount > 0)
        {
            _mapper.Map(_record);
        }
        _record.Begin(0, 0);
    }

    bool IsRecord()
    {
        foreach (var path in _recordPaths)
        {
            if (_path.AsSpan(0, _pathLength).SequenceEqual(path))
            {
                return true;
            }
        }
        return false;
    }

    static byte[] Join(string record, string field)
    {
        field = field == "." ? "" : field; // the record itself is the value
        var separator = record.Length > 0 && field.Length > 0 && !field.StartsWith("[]", StringComparison.Ordinal) ? "." : "";
        return Encoding.UTF8.GetBytes(record + separator + field);
    }

    void AppendName(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            Append(reader.ValueSpan);
            return;
        }
        Append(Encoding.UTF8.GetBytes(reader.GetString()!));
    }

    void Append(ReadOnlySpan<byte> text)
    {
        if (_path.Length - _pathLength < text.Length)
        {
            Array.Resize(ref _path, Math.Max(_path.Length * 2, _pathLength + text.Length));
        }
        text.CopyTo(_path.AsSpan(_pathLength));
        _pathLength += text.Length;
    }
}
