using Microsoft.IdentityModel.Tokens;

namespace AcquireInfra.Enrichment.Service.Auth;

/// <summary>Why a credential was refused. Never thrown: it travels in the outcome of an authentication, and holds nothing of the credential.</summary>
/// <param name="reason">A fixed word, for programs: contract.</param>
/// <param name="message">For people.</param>
#pragma warning disable CA1032 // it is made here only
internal sealed class CredentialException(string reason, string message) : Exception(message)
#pragma warning restore CA1032
{
    public string Reason => reason;

    public static CredentialException None { get; } = new("no_credential", "Send a credential.");

    public static CredentialException Several { get; } = new("several_credentials", "Send one credential, once.");

    public static CredentialException UnknownScheme { get; } = new("unknown_scheme", "This kind of credential is not accepted here.");

    public static CredentialException WrongKey { get; } = new("wrong_key", "The API key is not valid. It is sent whole, id.secret.");

    public static CredentialException NoAccessToken { get; } = new("not_an_access_token", "The token is no access token for this service.");

    public static CredentialException WrongTenant { get; } = new("wrong_tenant", "The token is of another tenant.");

    public static CredentialException MalformedToken { get; } = new("malformed_token", "The token is malformed.");

    static CredentialException WrongToken { get; } = new("wrong_token", "The token is not valid.");

    /// <summary>The reason behind the outcome of an authentication.</summary>
    public static CredentialException Of(Exception? failure) => failure switch
    {
        null => None,
        CredentialException exception => exception,
        SecurityTokenExpiredException => new("token_expired", "The token has expired. Fetch another."),
        SecurityTokenNotYetValidException => new("token_not_yet_valid", "The token is not valid yet. Check the clocks."),
        SecurityTokenInvalidAudienceException => new("wrong_audience", "The token is for another audience."),
        SecurityTokenInvalidIssuerException => new("wrong_issuer", "The token is of another issuer."),
        SecurityTokenSignatureKeyNotFoundException => new("unknown_signing_key", "The token is signed with a key that the authority does not have."),
        SecurityTokenMalformedException or ArgumentException => MalformedToken,
        _ => WrongToken,
    };
}
