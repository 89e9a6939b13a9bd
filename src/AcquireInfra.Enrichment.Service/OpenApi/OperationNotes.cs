using System.Text.Json.Nodes;
using AcquireInfra.Enrichment.Exports;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace AcquireInfra.Enrichment.Service.OpenApi;

/// <summary>What is said of an operation beyond its types: its problems, with one example of each, and examples of what it takes and gives.</summary>
internal static class OperationNotes
{
    const string ProblemSchema = "Problem";

    // Whatever is asked for.
    static readonly ProblemKind[] OfAll =
        [ProblemKind.Unauthenticated, ProblemKind.Forbidden, ProblemKind.RateLimited, ProblemKind.Internal, ProblemKind.NoSnapshot, ProblemKind.Overloaded];

    public static async Task AddAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancelled)
    {
        await AddProblemSchemaAsync(context, cancelled);
        var own = context.Description.ActionDescriptor.EndpointMetadata.OfType<EndpointProblems>().SelectMany(problems => problems.Kinds);
        operation.Responses ??= [];
        foreach (var group in own.Concat(OfAll).Distinct().GroupBy(kind => kind.HttpStatus).OrderBy(group => group.Key))
        {
            operation.Responses[group.Key.ToString(System.Globalization.CultureInfo.InvariantCulture)] = ResponseOf([.. group], context.Document!);
        }
        ApiExamples.AddTo(operation);
    }

    static async Task AddProblemSchemaAsync(OpenApiOperationTransformerContext context, CancellationToken cancelled)
    {
        if (context.Document!.Components?.Schemas?.ContainsKey(ProblemSchema) != true)
        {
            var schema = await context.GetOrCreateSchemaAsync(typeof(Problem), null, cancelled);
            context.Document.AddComponent(ProblemSchema, schema);
        }
    }

    static OpenApiResponse ResponseOf(IReadOnlyList<ProblemKind> kinds, OpenApiDocument document)
    {
        var response = new OpenApiResponse
        {
            Description = string.Join("; ", kinds.Select(kind => $"`{kind.Code}`: {kind.Title}")) + ".",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/problem+json"] = new OpenApiMediaType
                {
                    Schema = new OpenApiSchemaReference(ProblemSchema, document),
                    Examples = kinds.ToDictionary(kind => kind.Code, kind => (IOpenApiExample)new OpenApiExample { Value = ExampleOf(kind) }),
                },
            },
        };
        if (kinds[0].HttpStatus is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
        {
            response.Headers = new Dictionary<string, IOpenApiHeader>
            {
                ["Retry-After"] = new OpenApiHeader
                {
                    Description = "Whole seconds to wait.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.Integer },
                    Example = JsonValue.Create(1),
                },
            };
        }
        return response;
    }

    static JsonObject ExampleOf(ProblemKind kind)
    {
        var example = new JsonObject
        {
            ["type"] = "about:blank",
            ["title"] = kind.Title,
            ["status"] = kind.HttpStatus,
            ["detail"] = kind == ProblemKind.BadAddress ? ProblemKind.Explain("192.0.2", Addressing.AddressFault.IPv4PartCount) : kind.Title + ".",
            ["code"] = kind.Code,
        };
        if (kind == ProblemKind.BadAddress)
        {
            example["reason"] = "ipv4_part_count";
            example["given"] = "192.0.2";
        }
        return example;
    }

    /// <summary>An error, RFC 9457.</summary>
    /// <param name="Title">The kind of problem in words.</param>
    /// <param name="Status">The HTTP status.</param>
    /// <param name="Detail">What was given, what was expected and what to do.</param>
    /// <param name="Code">Fixed word for the kind of problem.</param>
    /// <param name="Reason">Fixed word for what is wrong with an address or a credential.</param>
    /// <param name="Given">What was given, as far as it can be shown.</param>
    /// <param name="TraceId">Finds the request in logs and traces.</param>
    internal sealed record Problem(
        string Title, int Status, string Detail, string Code, string? Type = null, string? Reason = null, string? Given = null, string? TraceId = null);
}
