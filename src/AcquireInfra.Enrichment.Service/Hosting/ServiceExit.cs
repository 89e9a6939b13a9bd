using AcquireInfra.Enrichment.Feeds.Loading;
using AcquireInfra.Enrichment.Feeds.Manifest;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Hosting;

/// <summary>How the process ends: exit codes are contract.</summary>
internal static class ServiceExit
{
    public const int Stopped = 0;
    public const int DataMissing = 3;

    /// <summary>EX_OSERR of sysexits.h.</summary>
    public const int CannotListen = 71;

    /// <summary>EX_CONFIG of sysexits.h.</summary>
    public const int WrongConfiguration = 78;

    /// <summary>Runs the service; what it cannot start without, or with, becomes one line and an exit code.</summary>
    public static async Task<int> RunAsync(Func<Task> run)
    {
        try
        {
            await run();
            return Stopped;
        }
        catch (BundledDataMissingException exception)
        {
            return await EndAsync(exception.Message, DataMissing);
        }
        catch (OptionsValidationException exception)
        {
            return await EndAsync("Wrong configuration: " + string.Join(" ", exception.Failures), WrongConfiguration);
        }
        catch (ManifestException exception)
        {
            return await EndAsync("Wrong configuration: " + exception.Message, WrongConfiguration);
        }
        catch (CertificateException exception)
        {
            return await EndAsync("Wrong configuration: " + exception.Message, WrongConfiguration);
        }
        catch (CannotListenException exception)
        {
            return await EndAsync(exception.Message, CannotListen);
        }
        catch (InvalidOperationException exception) when (exception.Source == typeof(ConfigurationBinder).Assembly.GetName().Name)
        {
            return await EndAsync("Wrong configuration: " + exception.Message, WrongConfiguration); // a text where a number belongs
        }
    }

    static async Task<int> EndAsync(string message, int code)
    {
        await Console.Error.WriteLineAsync(message);
        return code;
    }
}
