namespace AcquireInfra.Enrichment.Service.Observability;

/// <summary>By which door a look-up came: values of the metric tag and of the audit log, and there are no others.</summary>
internal static class LookupDoor
{
    public const string Rest = "rest";
    public const string RestBatch = "rest_batch";
    public const string RestStream = "rest_stream";
    public const string RestDeep = "rest_deep";
    public const string RestIncident = "rest_incident";
    public const string Grpc = "grpc";
    public const string GrpcBatch = "grpc_batch";
    public const string GrpcStream = "grpc_stream";
}
