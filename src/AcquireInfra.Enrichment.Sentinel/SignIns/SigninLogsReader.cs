using System.Globalization;
using System.Text.Json;

namespace AcquireInfra.Enrichment.Sentinel.SignIns;

/// <summary>
/// Sign-ins from a CSV export of SigninLogs or its sisters, with the columns' names as Microsoft Sentinel has them; the portal's own " [UTC]"
/// behind the name of a time is no part of it. Columns that are not known are passed over.
/// </summary>
public sealed class SigninLogsReader
{
    // What an answer rests on, though it could be given without.
    static readonly string[] Wanted =
    [
        "AppId", "AppDisplayName", "ResultType", "ClientAppUsed", "AuthenticationProtocol", "AuthenticationRequirement", "DeviceDetail", "IsInteractive", "UserAgent",
        "RiskEventTypes_V2", "NetworkLocationDetails", "AutonomousSystemNumber",
    ];

    static readonly string[] Times = ["TimeGenerated", "CreatedDateTime"];

    static readonly string[] Principals = ["UserPrincipalName", "UserId", "ServicePrincipalId", "ServicePrincipalName", "Identity"];

    // ISO 8601, and the two ways in which the portal writes a time.
    static readonly string[] TimeFormats =
    [
        "yyyy-MM-ddTHH:mm:ss.FFFFFFFZ", "yyyy-MM-ddTHH:mm:ssZ", "yyyy-MM-ddTHH:mm:ss.FFFFFFF", "yyyy-MM-dd HH:mm:ss.FFFFFFF",
        "M/d/yyyy, h:mm:ss.FFFFFFF tt", "M/d/yyyy h:mm:ss tt",
    ];

    readonly CsvRecords _records;
    readonly Dictionary<string, int> _columns = new(StringComparer.OrdinalIgnoreCase);
    readonly List<string> _fields = [];
    readonly IReadOnlySet<string> _privileged;
    int _index;

    /// <param name="privileged">Principals that have a privileged role, which the log does not tell.</param>
    /// <exception cref="FormatException">The header has no time, no address or no principal.</exception>
    public SigninLogsReader(TextReader text, IReadOnlySet<string> privileged)
    {
        _records = new(text);
        _privileged = privileged;
        if (_records.TryRead(_fields, out _))
        {
            foreach (var (column, name) in _fields.Index())
            {
                _columns.TryAdd(name.Trim('\uFEFF', ' ').Replace(" [UTC]", "", StringComparison.Ordinal), column);
            }
        }
        if (!Times.Any(_columns.ContainsKey) || !_columns.ContainsKey("IPAddress") || !Principals.Any(_columns.ContainsKey))
        {
            throw new FormatException(
                $"The header of the CSV needs {Times[0]}, IPAddress and one of {string.Join(", ", Principals)}: export SigninLogs with its columns' own names.");
        }
        Missing = [.. Wanted.Where(name => !_columns.ContainsKey(name))];
    }

    /// <summary>Columns that would tell more, and are not there.</summary>
    public IReadOnlyList<string> Missing { get; }

    /// <summary>1-based line of what was last read.</summary>
    public int Line => _records.Line;

    /// <summary>Reads the next row.</summary>
    /// <param name="signIn">Null where it cannot be read; <paramref name="wrong"/> says why.</param>
    /// <returns>False at the end.</returns>
    public bool TryRead(out SignIn? signIn, out string? wrong)
    {
        (signIn, wrong) = (null, null);
        if (!_records.TryRead(_fields, out var isSound))
        {
            return false;
        }
        if (!isSound)
        {
            wrong = $"the quote is not closed, or the row is longer than {CsvRecords.MaxRecordLength} characters.";
            return true;
        }
        if (TryReadTime(Times.Select(Field).FirstOrDefault(text => text.Length > 0) ?? "") is not { } at)
        {
            wrong = "TimeGenerated is no time.";
            return true;
        }
        if (!SignIn.TryRead(_index++, EntryAt(at), out signIn, out var rejected))
        {
            wrong = rejected.Error.Detail;
        }
        return true;
    }

    SignInEntry EntryAt(DateTimeOffset at)
    {
        var principal = Principals.Select(Field).FirstOrDefault(text => text.Length > 0)?.ToLowerInvariant() ?? "";
        var locations = Field("NetworkLocationDetails");
        return new()
        {
            Principal = principal,
            PrincipalKind = KindOf(),
            At = at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFZ", CultureInfo.InvariantCulture),
            Ip = Field("IPAddress"),
            AppId = Cut("AppId"),
            AppName = Cut("AppDisplayName"),
            ResultType = Cut("ResultType"),
            ClientApp = Cut("ClientAppUsed"),
            Protocol = Cut("AuthenticationProtocol"),
            AuthenticationRequirement = Cut("AuthenticationRequirement"),
            DeviceCompliant = DeviceIs("isCompliant"),
            DeviceManaged = DeviceIs("isManaged"),
            IsInteractive = bool.TryParse(Field("IsInteractive"), out var isInteractive) ? isInteractive : null,
            IsConfidentialClient = Field("ClientCredentialType") is { Length: > 0 } credential ? !credential.Equals("none", StringComparison.OrdinalIgnoreCase) : null,
            Privileged = _privileged.Contains(principal),
            RiskEventTypes = EventsIn(Field("RiskEventTypes_V2") is { Length: > 0 } events ? events : Field("RiskEventTypes")),
            TrustedLocation = locations.Contains("trustedNamedLocation", StringComparison.OrdinalIgnoreCase),
            UserAgent = Cut("UserAgent", SignIn.MaxLongTextLength),
            Asn = long.TryParse(Field("AutonomousSystemNumber"), CultureInfo.InvariantCulture, out var asn) ? asn : null,
            NetworkLocation = Cut("NetworkLocationDetails", SignIn.MaxLongTextLength),
        };
    }

    string? KindOf()
    {
        var table = Field("Type");
        return table.Contains("ManagedIdentity", StringComparison.OrdinalIgnoreCase) ? "managedIdentity"
            : table.Contains("ServicePrincipal", StringComparison.OrdinalIgnoreCase) ? "servicePrincipal"
            : Field("UserPrincipalName").Length + Field("UserId").Length == 0 && Field("ServicePrincipalId").Length > 0 ? "servicePrincipal"
            : null;
    }

    string Field(string column) => _columns.TryGetValue(column, out var at) && at < _fields.Count ? _fields[at].Trim() : "";

    // Texts of the log are no one's to correct: what is too long is cut.
    string? Cut(string column, int most = SignIn.MaxTextLength) =>
        Field(column) is { Length: > 0 } text ? text[..Math.Min(text.Length, most)] : null;

    bool? DeviceIs(string member)
    {
        try
        {
            using var detail = JsonDocument.Parse(Field("DeviceDetail") is { Length: > 0 } text ? text : "{}");
            return detail.RootElement.ValueKind == JsonValueKind.Object && detail.RootElement.TryGetProperty(member, out var value) ? value.ValueKind switch
            {
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                JsonValueKind.String when bool.TryParse(value.GetString(), out var written) => written,
                _ => null,
            }
            : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    // A JSON list of words; older exports have them parted by commas.
    static List<string> EventsIn(string text) =>
        [.. text.Split(['[', ']', '"', ',', ' '], StringSplitOptions.RemoveEmptyEntries).Where(word => word.Length <= SignIn.MaxTextLength).Take(SignIn.MaxListed)];

    static DateTimeOffset? TryReadTime(string text)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, Utc, out var time) ? time : null;
    }
}
