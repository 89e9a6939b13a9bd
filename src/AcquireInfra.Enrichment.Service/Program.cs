using AcquireInfra.Enrichment.Service.Hosting;

if (args is ["--healthcheck", var url])
{
    return await HealthProbe.RunAsync(url);
}
return await ServiceExit.RunAsync(async () =>
{
    await using var app = ServiceApp.Build(args);
    await app.RunListeningAsync();
});
