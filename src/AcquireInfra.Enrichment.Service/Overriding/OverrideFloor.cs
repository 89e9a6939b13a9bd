using AcquireInfra.Enrichment.Overriding;
using AcquireInfra.Enrichment.Service.Auth;
using AcquireInfra.Enrichment.Service.Hosting;

namespace AcquireInfra.Enrichment.Service.Overriding;

/// <summary>How much space a caller may override: an IPv4 /16 or an IPv6 /32; only an admin more.</summary>
internal sealed class OverrideFloor(JudgeProvider judges)
{
    const int IPv4Length = 16;
    const int IPv6Length = 32;

    /// <summary>Counts the space of ASNs and providers by the live snapshot; while there is none, only an admin may override these.</summary>
    /// <returns>What is wrong, as the end of a sentence that begins with the target; null where nothing is.</returns>
    /// <exception cref="OperationCanceledException">Nobody waits for it any more.</exception>
    public string? WrongWith(OverrideTarget target, HttpContext context)
    {
        if (context.User.IsInRole(Roles.Admin))
        {
            return null;
        }
        var isWide = target.IsSpace ? IsWide(target, default)
            : judges.Current is not { } judge || IsWide(target, OverridePreview.CountOf(judge, target, context.RequestAborted));
        return isWide ? $"is more than an IPv4 /{IPv4Length} or an IPv6 /{IPv6Length}; that needs the role {Roles.Admin}" : null;
    }

    /// <param name="covered">What an ASN or a provider has.</param>
    public static bool IsWide(OverrideTarget target, AddressCount covered) =>
        target.IsSpace ? target.Prefix.Length < (target.Prefix.IsIPv4 ? IPv4Length : IPv6Length) : covered.IsWide;
}
