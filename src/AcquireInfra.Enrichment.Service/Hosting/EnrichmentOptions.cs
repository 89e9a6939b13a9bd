using System.ComponentModel.DataAnnotations;
using AcquireInfra.Enrichment.Feeds.Storage;
using AcquireInfra.Enrichment.Service.Auth;
using AcquireInfra.Enrichment.Service.Deep;
using AcquireInfra.Enrichment.Service.History;
using AcquireInfra.Enrichment.Service.Incidents;
using AcquireInfra.Enrichment.Service.Limits;
using AcquireInfra.Enrichment.Service.Overriding;
using AcquireInfra.Enrichment.Service.Redis;
using AcquireInfra.Enrichment.Service.Refreshing;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Hosting;

/// <summary>Section "Enrichment". Wrong values stop the service at start, all of them told, with exit code 78.</summary>
public sealed class EnrichmentOptions
{
    public const string Section = "Enrichment";

    /// <summary>Folder of the bundled data: source manifest, what it names, and policy. Default: beside the program.</summary>
    [Required]
    public string DataFolder { get; set; } = Feeds.Loading.DataFolder.DefaultPath;

    /// <summary>Folder for compiled snapshots and exports; the only one that is written. Default: the user's local application data.</summary>
    [Required]
    public string StateFolder { get; set; } = SnapshotStore.DefaultFolder;

    /// <summary>A further source manifest: its sources are added, and replace bundled ones of the same id. Default: none.</summary>
    public string? Sources { get; set; }

    /// <summary>A file with the constants of scoring sign-ins, in place of the bundled signin-policy.json. Default: the bundled one.</summary>
    public string? SignInPolicy { get; set; }

    /// <summary>Most items of one batch, JSON or gRPC: 1 to 100,000. Default 10,000.</summary>
    [Range(1, 100_000)]
    public int MaxBatchItems { get; set; } = 10_000;

    /// <summary>Most bytes of the body of a JSON batch: 1 KiB to 64 MiB. Default 8 MiB.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int MaxBatchBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>Most lines of a stream over REST: 1 to 100,000,000. Default 1,000,000.</summary>
    [Range(1, 100_000_000)]
    public int MaxBulkLines { get; set; } = 1_000_000;

    /// <summary>Most bytes of one line of it: 64 B to 64 KiB. Default 1 KiB.</summary>
    [Range(64, 64 * 1024)]
    public int MaxBulkLineBytes { get; set; } = 1024;

    /// <summary>
    /// Most bytes of it all, and so of the temporary file for what is sent faster than the answers are read: 1 KiB to 16 GiB. Default 256 MiB.
    /// </summary>
    [Range(1024, 16L * 1024 * 1024 * 1024)]
    public long MaxBulkBytes { get; set; } = 256 * 1024 * 1024;

    /// <summary>Longest it lasts: 1 second to 1 day. Default 15 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan BulkDeadline { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Most bytes of one gRPC message that is received: 1 KiB to 64 MiB. Default 4 MiB: what 10,000 items take where every text of an
    /// address and every id is as long as it may be, and a time is given with each.
    /// </summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int MaxGrpcMessageBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Longest a unary gRPC call takes, whatever deadline the caller gives: 10 ms to 1 minute. Default 1 second.</summary>
    [Range(typeof(TimeSpan), "00:00:00.0100000", "00:01:00")]
    public TimeSpan GrpcUnaryDeadline { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest a gRPC stream of batches lasts: 1 second to 1 day. Default 15 minutes. Watching snapshots has no limit.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan GrpcStreamDeadline { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Longest the download of a snapshot or an export lasts; it takes a place of the bulk jobs: 1 second to 1 day. Default 15 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan DownloadDeadline { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Whether gRPC reflection tells callers the contract; in the environment Development it always does. Default: no.</summary>
    public bool GrpcReflection { get; set; }

    /// <summary>How long the service serves on after it was told to stop, in seconds: 0 to 60. Default 5.</summary>
    [Range(0, 60)]
    public int DrainSeconds { get; set; } = 5;

    /// <summary>Log a record of each look-up: caller, door, how many addresses, and which where it is one. Default: off.</summary>
    public bool AuditLog { get; set; }

    [ValidateObjectMembers(typeof(LimitOptionsValidator))]
    public LimitOptions Limits { get; set; } = new();

    [ValidateObjectMembers(typeof(RefreshOptionsValidator))]
    public RefreshOptions Refresh { get; set; } = new();

    [ValidateObjectMembers(typeof(HistoryOptionsValidator))]
    public HistoryOptions History { get; set; } = new();

    [ValidateObjectMembers(typeof(OverrideOptionsValidator))]
    public OverrideOptions Overrides { get; set; } = new();

    [ValidateObjectMembers(typeof(DeepOptionsValidator))]
    public DeepOptions Deep { get; set; } = new();

    [ValidateObjectMembers(typeof(RedisOptionsValidator))]
    public RedisOptions Redis { get; set; } = new();

    [ValidateObjectMembers(typeof(IncidentOptionsValidator))]
    public IncidentOptions Incidents { get; set; } = new();

    /// <summary>The operator's own space, prefixes: what feeds say of it is dropped. Default: none.</summary>
    public IList<string> OwnerPrefixes { get; } = [];

    /// <summary>Lets others reach endpoints without TLS or authentication; warns at every start. Default false.</summary>
    public bool AllowInsecureBind { get; set; }

    /// <summary>Who may call.</summary>
    public AuthOptions Auth { get; } = new();
}

[OptionsValidator]
internal sealed partial class EnrichmentOptionsValidator : IValidateOptions<EnrichmentOptions>;

/// <summary>What the attributes cannot say: every key of the section is known, what a path names is there, and endpoints are URLs.</summary>
internal sealed class EnrichmentSectionValidator(IConfiguration configuration) : IValidateOptions<EnrichmentOptions>
{
    public ValidateOptionsResult Validate(string? name, EnrichmentOptions options)
    {
        var faults = UnknownKeys(configuration.GetSection(EnrichmentOptions.Section), typeof(EnrichmentOptions)).ToList();
        if (options.Sources is { Length: > 0 } manifest && !File.Exists(manifest))
        {
            faults.Add($"{EnrichmentOptions.Section}:Sources names {manifest}, which is not there.");
        }
        if (options.SignInPolicy is { Length: > 0 } policy && !File.Exists(policy))
        {
            faults.Add($"{EnrichmentOptions.Section}:SignInPolicy names {policy}, which is not there.");
        }
        faults.AddRange(configuration.GetSection("Kestrel:Endpoints").GetChildren()
            .Where(endpoint => !CanListenAt(endpoint["Url"]))
            .Select(endpoint => $"{endpoint.Path}:Url: nothing can listen at '{endpoint["Url"]}'; write it like http://127.0.0.1:8080."));
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    static IEnumerable<string> UnknownKeys(IConfigurationSection section, Type type)
    {
        var known = type.GetProperties().ToDictionary(property => property.Name, property => property.PropertyType, StringComparer.OrdinalIgnoreCase);
        return section.GetChildren().SelectMany(child => known.TryGetValue(child.Key, out var nested)
            ? Options(child, nested).SelectMany(part => UnknownKeys(part.Section, part.Type))
            : [$"{child.Path} is no option; there are {string.Join(", ", known.Keys.Order(StringComparer.Ordinal))}."]);
    }

    /// <summary>The sections under an option that hold options themselves: of a nested class, or of each element of a list of such.</summary>
    static IEnumerable<(IConfigurationSection Section, Type Type)> Options(IConfigurationSection section, Type type)
    {
        var element = type.IsGenericType ? type.GenericTypeArguments[0] : type;
        return element.Assembly != typeof(EnrichmentOptions).Assembly ? []
            : element == type ? [(section, type)]
            : section.GetChildren().Select(part => (part, element));
    }

    static bool CanListenAt(string? url)
    {
        try
        {
            var address = BindingAddress.Parse(url ?? "");
            return address.IsUnixPipe || address.IsNamedPipe || address.Port is >= 0 and <= ushort.MaxValue;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
