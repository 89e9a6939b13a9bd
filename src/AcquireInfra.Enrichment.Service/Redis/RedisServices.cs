using AcquireInfra.Enrichment.Service.Hosting;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Redis;

internal static class RedisServices
{
    /// <summary>The Redis that replicas share things through, where one is configured.</summary>
    public static IHostApplicationBuilder AddRedis(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IValidateOptions<EnrichmentOptions>, RedisSectionValidator>();
        builder.Services.AddSingleton<RedisServer>().AddHostedService(services => services.GetRequiredService<RedisServer>());
        builder.Services.AddSingleton<SharedFindings>();
        return builder;
    }
}

/// <summary>Whether the configuration can be read; whether there is a Redis is not the start's to ask.</summary>
internal sealed class RedisSectionValidator : IValidateOptions<EnrichmentOptions>
{
    public ValidateOptionsResult Validate(string? name, EnrichmentOptions options)
    {
        try
        {
            _ = options.Redis.Configuration is { Length: > 0 } ? RedisServer.ConfigurationOf(options.Redis) : null;
            return ValidateOptionsResult.Success;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or IOException or UnauthorizedAccessException)
        {
            return ValidateOptionsResult.Fail($"{EnrichmentOptions.Section}:Redis: {exception.Message}");
        }
    }
}
