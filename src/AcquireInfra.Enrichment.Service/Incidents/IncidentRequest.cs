using System.Text.Json;

namespace AcquireInfra.Enrichment.Service.Incidents;

/// <summary>What is asked about an incident. Everything may be left out, and what is not known here is not looked at.</summary>
/// <param name="IncidentArmId">Echoed.</param>
/// <param name="Severity">Of the incident: Informational, Low, Medium or High.</param>
/// <param name="Entities">The incident's related entities as they come; or <c>relatedEntities</c>.</param>
/// <param name="AlertEntities">Those of the alert itself, or their addresses: only they raise the severity. Where it is left out, all do.</param>
/// <param name="Ips">Addresses, in the place of entities or beside them.</param>
/// <param name="At">Judge by what was live then, as of that hour: a time like 2026-11-24T12:00:00Z, in UTC.</param>
/// <param name="Comments">The incident's comments as they come, or their texts: those of ours are known by their marker.</param>
/// <param name="Comment">One comment, as text.</param>
/// <param name="MaxComment">Most characters of the comment, 1,000 at least.</param>
internal sealed record IncidentRequest(
    string? IncidentArmId = null, string? Severity = null, IReadOnlyList<JsonElement>? Entities = null, IReadOnlyList<JsonElement>? AlertEntities = null,
    IReadOnlyList<string>? Ips = null, string? At = null, IReadOnlyList<JsonElement>? Comments = null, string? Comment = null, int? MaxComment = null);
