using System.Net;

namespace AcquireInfra.Enrichment.Service.Hosting;

/// <summary><c>--healthcheck URL</c>: asks a running service for its health, where there is no shell and no curl to do it with.</summary>
internal static class HealthProbe
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <returns>0 where it answers 200, else 1.</returns>
    public static async Task<int> RunAsync(string url)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false };
        using var client = new HttpMessageInvoker(handler);
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            using var response = await client.SendAsync(request, patience.Token);
            return response.StatusCode == HttpStatusCode.OK ? 0 : 1;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or InvalidOperationException or UriFormatException or NotSupportedException)
        {
            await Console.Error.WriteLineAsync($"{url}: {exception.Message}");
            return 1;
        }
    }
}
