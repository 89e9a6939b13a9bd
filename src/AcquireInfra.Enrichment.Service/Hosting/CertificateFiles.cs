using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Hosting;

/// <summary>The files of certificates and their keys, for each endpoint or by default, are there. Kestrel finds them from the program's folder.</summary>
internal sealed class CertificateFiles(IConfiguration configuration) : IValidateOptions<EnrichmentOptions>
{
    public ValidateOptionsResult Validate(string? name, EnrichmentOptions options)
    {
        var certificates = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint.GetSection("Certificate"))
            .Concat(configuration.GetSection("Kestrel:Certificates").GetChildren());
        var faults = certificates.SelectMany(certificate => (IEnumerable<IConfigurationSection>)[certificate.GetSection("Path"), certificate.GetSection("KeyPath")])
            .Where(file => file.Value is { Length: > 0 } path && !File.Exists(Path.Combine(AppContext.BaseDirectory, path)))
            .Select(file => $"{file.Path} names {file.Value}, which is not there.")
            .ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
