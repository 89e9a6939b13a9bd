namespace AcquireInfra.Enrichment.Compilation;

/// <summary>Sources that cannot be merged with one another: the fault of whoever put them together, not of one feed.</summary>
public sealed class SourcesException(string message) : Exception(message);
