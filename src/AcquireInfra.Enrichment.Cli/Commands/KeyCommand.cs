using System.Buffers.Text;
using System.CommandLine;
using System.Security.Cryptography;
using System.Text;

namespace AcquireInfra.Enrichment.Cli.Commands;

/// <summary>
/// <c>enrich key new</c>: a fresh API key, printed once and kept nowhere, with what the service is configured with: its SHA-256.
/// </summary>
internal static class KeyCommand
{
    const int SecretBytes = 32;
    const int MaxIdLength = 64;

    // As the service has them; it refuses others at its start.
    static readonly string[] Roles = ["lookup", "bulk", "deep", "override.write", "admin"];

    public static Command Create()
    {
        var id = new Option<string>("--id") { Description = "Name of the caller: letters, digits, '-' and '_'.", HelpName = "ID", Required = true };
        id.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<string>() is not { Length: > 0 and <= MaxIdLength } text || !text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'))
            {
                given.AddError($"An id is 1 to {MaxIdLength} letters, digits, '-' and '_'.");
            }
        });
        var role = new Option<string[]>("--role")
        {
            Description = "What the caller may do; may be given several times.",
            HelpName = "ROLE",
            DefaultValueFactory = _ => ["lookup"],
        };
        role.AcceptOnlyFromAmong(Roles);
        var create = new Command("new", "Prints a fresh API key once, its SHA-256, and its entry for Enrichment:Auth:ApiKeysFile.") { id, role };
        create.SetAction(parsed => Run(parsed.GetValue(id)!, parsed.GetValue(role)!));
        return new Command("key", "Makes API keys.") { create };
    }

    static int Run(string id, string[] roles)
    {
        var key = $"{id}.{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes))}";
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(key)));
        Console.Out.WriteLine($"key     {key}");
        Console.Out.WriteLine($"sha256  {digest}");
        Console.Out.WriteLine($$"""entry   { "id": "{{id}}", "sha256": ["{{digest}}"], "roles": [{{string.Join(", ", roles.Distinct().Select(role => $"\"{role}\""))}}] }""");
        return Failures.Answered;
    }
}
