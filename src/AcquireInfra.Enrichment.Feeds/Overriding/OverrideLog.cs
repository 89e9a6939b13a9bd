using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Feeds.Overriding;

/// <summary>
/// The file <c>log.ndjson</c>: a record a line, flushed to disk one by one. Each line ends with a check over itself and the check of the line
/// before, so that no line can be changed, taken out or put in without its being seen. Processes that share it take turns.
/// <code>
/// {"revision":1,"at":"…","who":"…","action":"create","changes":[…],"check":"32 hex digits"}
/// </code>
/// </summary>
internal sealed class OverrideLog(string path)
{
    const string CheckName = ",\"check\":\"";
    const int CheckDigits = 32;
    const int CheckLength = 10 + CheckDigits + 2; // with the quote and the brace behind it

    long _length;
    string _check = "";

    /// <summary>Reads all records that are whole and sound.</summary>
    /// <param name="use">Uses the next one; what it throws as a <see cref="FormatException"/> makes the line a broken one.</param>
    /// <param name="tornBytes">Of a last line that was not written to its end; they are cut off with the next record.</param>
    /// <returns>What is wrong with the first line that is broken, or that the file does not go on from what was read before; null where nothing is.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public string? Read(Action<OverrideRecord> use, out long tornBytes)
    {
        var (knownLength, knownCheck) = (_length, _check);
        var goesOn = knownLength == 0;
        (_length, _check, tornBytes) = (0, "", 0);
        var bytes = File.Exists(path) ? File.ReadAllBytes(path) : [];
        for (var line = 1; _length < bytes.Length; line++)
        {
            var rest = bytes.AsSpan((int)_length);
            var end = rest.IndexOf((byte)'\n');
            if (end < 0)
            {
                tornBytes = rest.Length;
                break;
            }
            try
            {
                use(Parse(rest[..end], out var check));
                (_length, _check) = (_length + end + 1, check);
                goesOn |= (_length, _check) == (knownLength, knownCheck);
            }
            catch (Exception exception) when (exception is JsonException or FormatException or ArgumentException)
            {
                return $"line {line}: {exception.Message}";
            }
        }
        return goesOn ? null : "it is gone, or another one";
    }

    /// <summary>Whether another process has written since.</summary>
    public bool IsChanged => File.Exists(path) ? new FileInfo(path).Length != _length : _length != 0;

    /// <exception cref="IOException">It is not written.</exception>
    public void Append(OverrideRecord record)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(record, OverrideRecordJson.Default.OverrideRecord);
        var check = CheckOf(json);
        byte[] line = [.. json.AsSpan(0, json.Length - 1), .. Encoding.ASCII.GetBytes($"{CheckName}{check}\"}}\n")];
        RequireUnchanged();
        AtomicFile.Append(path, _length, line);
        (_length, _check) = (_length + line.Length, check);
    }

    // What is behind the last line known is cut off: a line that was not written to its end, and never one of another process.
    void RequireUnchanged()
    {
        if (!File.Exists(path))
        {
            return;
        }
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (file.Length <= _length)
        {
            return;
        }
        var rest = new byte[file.Length - _length];
        file.Position = _length;
        file.ReadExactly(rest);
        if (rest.AsSpan().Contains((byte)'\n'))
        {
            throw new IOException("Another process has written to the log of overrides; this one reads it first.");
        }
    }

    OverrideRecord Parse(ReadOnlySpan<byte> line, out string check)
    {
        var at = line.Length - CheckLength;
        if (at < 1 || !line[at..].StartsWith(Encoding.ASCII.GetBytes(CheckName)))
        {
            throw new FormatException("It has no check at its end.");
        }
        byte[] json = [.. line[..at], (byte)'}'];
        check = Encoding.ASCII.GetString(line.Slice(at + CheckName.Length, CheckDigits));
        return check == CheckOf(json)
            ? JsonSerializer.Deserialize(json, OverrideRecordJson.Default.OverrideRecord) ?? throw new FormatException("It is null.")
            : throw new FormatException("Its check is wrong: it, or a line before it, is not what was written.");
    }

    string CheckOf(ReadOnlySpan<byte> json) =>
        Convert.ToHexStringLower(SHA256.HashData([.. Encoding.ASCII.GetBytes(_check), .. json]).AsSpan(0, CheckDigits / 2));
}
