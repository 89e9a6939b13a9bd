using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Hosting;

/// <summary>Starts the application and runs it until it is told to stop. What the machine or its operator must mend is told by exceptions of ours.</summary>
internal static class ServiceStart
{
    /// <exception cref="CannotListenException">An endpoint is taken, forbidden, or no address of this machine.</exception>
    /// <exception cref="CertificateException">An endpoint's certificate is missing or cannot be used.</exception>
    /// <exception cref="OptionsValidationException">Options are wrong; before anything else is done.</exception>
    public static async Task RunListeningAsync(this WebApplication app)
    {
        app.Services.GetRequiredService<IStartupValidator>().Validate();
        try
        {
            await app.StartAsync();
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException or AggregateException)
        {
            var isOne = exception.InnerException is AddressInUseException; // else both addresses of localhost failed
            throw new CannotListenException(
                $"Cannot listen at {Endpoints(app, exception.Message)}: {(isOne ? "the address is in use" : exception.InnerException.InnerException?.Message)}. End what listens there, or set another URL.",
                exception);
        }
        catch (SocketException exception)
        {
            throw new CannotListenException($"Cannot listen at one of {Endpoints(app)}: {exception.Message}. Set another URL.", exception);
        }
        catch (Exception exception) when (exception is CryptographicException || IsOfKestrel(exception))
        {
            throw new CertificateException($"{exception.Message.ReplaceLineEndings(" ")} See Kestrel:Endpoints, {Endpoints(app)}.", exception);
        }
        await app.WaitForShutdownAsync();
    }

    /// <summary>
    /// While the application starts, the host and the web server log what failed, with its stack, before anyone can say it in one line.
    /// What <see cref="ServiceExit"/> does not know ends the process with its stack all the same.
    /// </summary>
    public static WebApplicationBuilder KeepStartFailuresShort(this WebApplicationBuilder builder)
    {
        var start = new Start();
        builder.Services.AddSingleton(start).AddHostedService(provider => provider.GetRequiredService<Start>());
        builder.Services.PostConfigure<LoggerFilterOptions>(filters =>
        {
            foreach (var category in (string[])["Microsoft.Extensions.Hosting.Internal.Host", "Microsoft.AspNetCore.Server.Kestrel"])
            {
                // A rule hides the less specific ones, so this one takes on the level that they give.
                var hidden = filters.Rules.Where(rule => rule.ProviderName is null && category.StartsWith(rule.CategoryName ?? "", StringComparison.OrdinalIgnoreCase))
                    .OrderBy(rule => rule.CategoryName?.Length ?? 0).LastOrDefault();
                filters.Rules.Add(new(null, category, hidden?.LogLevel, (_, _, level) => start.IsOver || level < LogLevel.Error));
            }
        });
        return builder;
    }

    /// <summary>The endpoints whose port the sentence names; all of them when it names none.</summary>
    static string Endpoints(WebApplication app, string sentence = "")
    {
        var all = app.Configuration.GetSection("Kestrel:Endpoints").GetChildren().ToList();
        var named = all.FindAll(endpoint => sentence.Contains($":{BindingAddress.Parse(endpoint["Url"] ?? "").Port}", StringComparison.Ordinal));
        return string.Join(", ", (named.Count > 0 ? named : all).Select(endpoint => $"{endpoint.Path}:Url={endpoint["Url"]}"));
    }

    static bool IsOfKestrel(Exception exception) =>
        exception is InvalidOperationException && exception.Source?.StartsWith("Microsoft.AspNetCore.Server.Kestrel", StringComparison.Ordinal) == true;

    sealed class Start : IHostedLifecycleService
    {
        public bool IsOver { get; private set; }

        public Task StartedAsync(CancellationToken cancellationToken)
        {
            IsOver = true;
            return Task.CompletedTask;
        }

        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>No endpoint was opened, because one cannot be.</summary>
internal sealed class CannotListenException(string message, Exception inner) : Exception(message, inner);

/// <summary>The web server cannot be set up as configured: nearly always a certificate.</summary>
internal sealed class CertificateException(string message, Exception inner) : Exception(message, inner);
