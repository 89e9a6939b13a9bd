using AcquireInfra.Enrichment.Cli.Commands;

return await Failures.RunAsync(EnrichCommand.Create(), args);
