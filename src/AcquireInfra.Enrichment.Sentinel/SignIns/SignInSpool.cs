using System.Text;
using System.Text.Json;

namespace AcquireInfra.Enrichment.Sentinel.SignIns;

/// <summary>
/// Sign-ins on disk, parted by principal, so that any order of rows and any number of them take the memory of a part alone. The files are
/// deleted with it; they hold what was read, and only the user may read them.
/// </summary>
public sealed class SignInSpool : IDisposable
{
    /// <summary>Most sign-ins of all.</summary>
    public const int MaxRows = 20_000_000;

    const int Parts = 64;

    readonly string _folder = Directory.CreateTempSubdirectory("enrich-backtest-").FullName;
    readonly StreamWriter[] _parts;

    public SignInSpool() => _parts = [.. Enumerable.Range(0, Parts).Select(part => new StreamWriter(PathOf(part), append: false, new UTF8Encoding(false)))];

    public int Count { get; private set; }

    /// <exception cref="FormatException">There are too many.</exception>
    public void Add(SignIn signIn)
    {
        if (++Count > MaxRows)
        {
            throw new FormatException($"There are more than {MaxRows} sign-ins. Test fewer days, or fewer principals.");
        }
        _parts[PartOf(signIn.Principal)].WriteLine(JsonSerializer.Serialize(signIn.Entry, SignInJson.Default.SignInEntry));
    }

    /// <summary>All sign-ins, a part at a time; all of a principal are in one.</summary>
    public IEnumerable<IReadOnlyList<SignIn>> ReadAll()
    {
        for (var part = 0; part < Parts; part++)
        {
            _parts[part].Dispose();
            var signIns = new List<SignIn>();
            foreach (var line in File.ReadLines(PathOf(part)))
            {
                var entry = JsonSerializer.Deserialize(line, SignInJson.Default.SignInEntry)!;
                signIns.Add(SignIn.TryRead(signIns.Count, entry, out var signIn, out _) ? signIn : throw new InvalidDataException("What was spooled cannot be read again."));
            }
            if (signIns.Count > 0)
            {
                yield return signIns;
            }
        }
    }

    public void Dispose()
    {
        foreach (var part in _parts)
        {
            part.Dispose();
        }
        Directory.Delete(_folder, recursive: true);
    }

    string PathOf(int part) => Path.Combine(_folder, $"{part}.ndjson");

    // Not string.GetHashCode, which differs from run to run: nothing else of a run does.
    static int PartOf(string principal) => (int)(principal.Aggregate(2166136261u, (hash, character) => (hash ^ character) * 16777619u) % Parts);
}
