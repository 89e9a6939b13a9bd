using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Redis;

/// <summary>A Redis that replicas share what is dear through: standalone, with Sentinel, or a Cluster. Never needed for an answer.</summary>
public sealed class RedisOptions
{
    /// <summary>Where it is, as StackExchange.Redis writes it: "redis:6379,user=enrichment,ssl=true". Default: none, and nothing is shared.</summary>
    public string? Configuration { get; set; }

    /// <summary>File with the password, read at the start. Default: none.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>What its keys begin with. Default "enrichment".</summary>
    [Required, RegularExpression("[A-Za-z0-9_.-]{1,64}")]
    public string KeyPrefix { get; set; } = "enrichment";

    /// <summary>Longest that an answer waits for it, in milliseconds: 1 to 1,000. Default 50.</summary>
    [Range(1, 1000)]
    public int BudgetMilliseconds { get; set; } = 50;

    /// <summary>How long it is left alone after it failed in half of the last operations: 500 ms to 10 minutes. Default 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.5000000", "00:10:00")]
    public TimeSpan BreakFor { get; set; } = TimeSpan.FromSeconds(5);
}

[OptionsValidator]
internal sealed partial class RedisOptionsValidator : IValidateOptions<RedisOptions>;
