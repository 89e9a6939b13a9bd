using System.Text;

namespace AcquireInfra.Enrichment.Sentinel.SignIns;

/// <summary>Records of a CSV export, RFC 4180, one at a time in bounded memory: quoted fields may hold commas, doubled quotes and line breaks.</summary>
internal sealed class CsvRecords(TextReader text)
{
    /// <summary>Most characters of a record; a longer one is a fault, and reading goes on behind its line.</summary>
    public const int MaxRecordLength = 256 * 1024;

    readonly StringBuilder _field = new();

    /// <summary>1-based line at which the record last read began.</summary>
    public int Line { get; private set; }

    int _line = 1;

    /// <summary>Reads the next record; blank lines are passed over.</summary>
    /// <param name="fields">Its fields; of a fault, those before it.</param>
    /// <param name="isSound">False for a record that is too long or whose quote is not closed.</param>
    /// <returns>False at the end.</returns>
    public bool TryRead(List<string> fields, out bool isSound)
    {
        fields.Clear();
        _field.Clear();
        (Line, isSound) = (_line, true);
        var (length, isQuoted, wasQuoted) = (0, false, false);
        while (true)
        {
            var read = text.Read();
            if (read < 0)
            {
                isSound &= !isQuoted;
                return End(fields, wasQuoted);
            }
            var character = (char)read;
            _line += character == '\n' ? 1 : 0;
            if (++length > MaxRecordLength)
            {
                isSound = false;
                SkipLine(character);
                return true;
            }
            if (isQuoted)
            {
                (isQuoted, wasQuoted) = ReadQuoted(character);
            }
            else if (character == '"' && _field.Length == 0 && !wasQuoted)
            {
                isQuoted = true;
            }
            else if (character == ',')
            {
                Close(fields);
                wasQuoted = false;
            }
            else if (character == '\n')
            {
                if (End(fields, wasQuoted))
                {
                    return true;
                }
                Line = _line;
            }
            else if (character != '\r')
            {
                _field.Append(character);
            }
        }
    }

    (bool IsQuoted, bool WasQuoted) ReadQuoted(char character)
    {
        if (character != '"')
        {
            _field.Append(character);
            return (true, false);
        }
        if (text.Peek() != '"')
        {
            return (false, true);
        }
        text.Read();
        _field.Append('"');
        return (true, false);
    }

    void Close(List<string> fields)
    {
        fields.Add(_field.ToString());
        _field.Clear();
    }

    /// <returns>Whether there is a record at all.</returns>
    bool End(List<string> fields, bool wasQuoted)
    {
        if (fields.Count == 0 && _field.Length == 0 && !wasQuoted)
        {
            return false;
        }
        Close(fields);
        return true;
    }

    void SkipLine(char last)
    {
        for (var read = (int)last; read >= 0 && read != '\n'; read = text.Read())
        {
            _line += text.Peek() == '\n' ? 1 : 0;
        }
    }
}
