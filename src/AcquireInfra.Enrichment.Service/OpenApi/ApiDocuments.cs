using AcquireInfra.Enrichment.Service.Auth;
using AcquireInfra.Enrichment.Service.Hosting;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace AcquireInfra.Enrichment.Service.OpenApi;

/// <summary>
/// What the API says of itself: <c>/openapi/v1.json</c> (OpenAPI 3.1), <c>/openapi/connector.json</c> (OpenAPI 2.0, for a custom connector of
/// Logic Apps) and a page that shows the first, <c>/docs</c>. All of it is the same for everyone and holds no data, so anyone may read it.
/// </summary>
internal static class ApiDocuments
{
    const string Version = "v1";
    const string ConnectorName = "connector";

    public static IHostApplicationBuilder AddApiDocuments(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOpenApi(Version, openApi =>
        {
            openApi.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            openApi.ShouldInclude = description => description.RelativePath?.StartsWith("v1/", StringComparison.Ordinal) == true;
            openApi.AddOperationTransformer(OperationNotes.AddAsync);
            openApi.AddDocumentTransformer((document, _, _) => Describe(document));
        });
        builder.Services.AddOpenApi(ConnectorName, openApi =>
        {
            openApi.OpenApiVersion = OpenApiSpecVersion.OpenApi2_0;
            openApi.ShouldInclude = description => description.ActionDescriptor.EndpointMetadata.OfType<ConnectorAction>().Any();
            openApi.AddOperationTransformer((operation, _, _) => ConnectorSchemas.AddNotes(operation));
            openApi.AddDocumentTransformer((document, _, _) => ConnectorSchemas.Finish(document));
        });
        return builder;
    }

    public static void MapApiDocuments(this WebApplication app)
    {
        app.MapOpenApi().AllowAnonymous();
        app.MapScalarApiReference("/docs", page =>
        {
            page.WithTitle("AcquireInfra.Enrichment").WithOpenApiRoutePattern("/openapi/v1.json").DisableDefaultFonts().DisableAgent().HideDeveloperTools().HideClientButton();
            page.Telemetry = false;
        }).AllowAnonymous().AddEndpointFilter(async (invocation, next) =>
        {
            Manners.AllowPage(invocation.HttpContext);
            return await next(invocation);
        });
    }

    static Task Describe(OpenApiDocument document)
    {
        document.Info = new()
        {
            Title = "AcquireInfra.Enrichment",
            Version = typeof(ApiDocuments).Assembly.GetName().Version!.ToString(3),
            Description = "Which AS and network an address is in, what it is used for, how risky it is, who says so and since when.",
            Contact = new() { Name = "AcquireInfra.Enrichment" },
            License = new() { Name = "MIT", Identifier = "MIT" },
        };
        document.Servers = [.. (document.Servers ?? []).Select(server => new OpenApiServer { Url = server.Url?.TrimEnd('/') })];
        document.Components ??= new();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            ["apiKey"] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Header,
                Name = ApiKeyHandler.Header,
                Description = "id.secret; `Authorization: ApiKey id.secret` is the same.",
            },
            ["entra"] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                BearerFormat = "JWT",
                Description = "A token of Entra ID with an app role.",
            },
        };
        document.Security =
        [
            new() { [new OpenApiSecuritySchemeReference("apiKey", document)] = [] },
            new() { [new OpenApiSecuritySchemeReference("entra", document)] = [] },
            [], // the machine itself, while no caller is configured
        ];
        BatchSchemas.AddTo(document);
        IncidentSchemas.AddTo(document);
        document.Tags = new HashSet<OpenApiTag>(document.Paths.Values.SelectMany(path => path.Operations ?? [])
            .Select(pair => pair.Value)
            .SelectMany(operation => operation.Tags ?? new HashSet<OpenApiTagReference>()).Select(tag => tag.Name!).Distinct().Order()
            .Select(name => new OpenApiTag { Name = name, Description = TagTexts.GetValueOrDefault(name, name) }));
        return Task.CompletedTask;
    }

    static readonly Dictionary<string, string> TagTexts = new()
    {
        ["Lookup"] = "Verdicts on addresses, networks and ASNs.",
        ["Incidents"] = "What playbooks of Microsoft Sentinel ask.",
        ["SignIns"] = "What sign-ins are worth looking at.",
        ["Exports"] = "The whole of it, for other systems.",
        ["Snapshots"] = "The data itself, for replicas.",
        ["Overrides"] = "What operators say of addresses beside the sources.",
        ["Sources"] = "Where the data comes from, how fresh it is, and what was refused.",
    };
}

/// <summary>Metadata of an endpoint that the connector offers as an action.</summary>
internal sealed record ConnectorAction;

/// <summary>The problems that an endpoint answers with, beside those of all.</summary>
internal sealed record EndpointProblems(IReadOnlyList<Exports.ProblemKind> Kinds);

internal static class EndpointProblemsExtensions
{
    /// <summary>Names problems for the API's description.</summary>
    public static RouteHandlerBuilder ProducesProblems(this RouteHandlerBuilder endpoint, params Exports.ProblemKind[] kinds) =>
        endpoint.WithMetadata(new EndpointProblems(kinds));
}
