using AcquireInfra.Enrichment.Service.Hosting;

return await ServiceExit.RunAsync(async () =>
{
    await using var app = ServiceApp.Build(args);
    await app.RunListeningAsync();
});
