using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Overriding;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Sentinel.SignIns;

/// <summary>What a sign-in's score needs of its address.</summary>
/// <param name="Report">Of the address; of the IPv4 address inside a transition address, where that is what can be judged.</param>
/// <param name="IsAllowed">By the caller's list or an override.</param>
/// <param name="IsOwnEgress">Of the caller's own space.</param>
internal sealed record AddressFacts(Address Address, VerdictReport Report, bool IsAllowed, bool IsOwnEgress)
{
    public bool IsJudged => !Report.Verdict.IsSpecial;

    public int Score => IsJudged ? Report.Verdict.Score : 0;

    public bool IsBlocked => Report.Override?.Match.IsBlock == true;

    public string Provider => Report.Provider ?? "";

    public uint Asn => Report.Asn?.Asn.Number ?? 0;

    /// <summary>What rotation counts: the brand, else the ASN, else the address itself; empty where there is nothing to count.</summary>
    public string Network => !IsJudged ? "" : Provider.Length > 0 ? Provider : Asn != 0 ? Report.Asn!.Asn.ToString() : Address.ToString();

    public CategorySet Present => IsJudged ? Report.Verdict.Present : CategorySet.Empty;

    public static AddressFacts Of(Judge judge, Address address, SignInSurroundings surroundings)
    {
        var report = judge.Explain(address);
        if (report.Verdict.IsSpecial && report.Embedded is { Report.Verdict.IsSpecial: false } inside)
        {
            report = inside.Report;
        }
        var isAllowed = surroundings.Allow.Contains(address) || report.Override?.Match.Effect == OverrideEffect.Allow;
        return new(address, report, isAllowed, surroundings.OwnEgress.Contains(address));
    }
}

/// <summary>What callers tell beside the sign-ins.</summary>
/// <param name="Allow">Prefixes that are expected; nothing from there is contained.</param>
/// <param name="OwnEgress">Prefixes that the caller's own people come from: the address says nothing of them.</param>
/// <param name="AsOfSignIn">Whether each address is judged as of its sign-in; else all are as of now.</param>
public sealed record SignInSurroundings(Baseline Baseline, PrefixList Allow, PrefixList OwnEgress, bool AsOfSignIn = false)
{
    public static SignInSurroundings None { get; } = new(Baseline.Empty, PrefixList.Empty, PrefixList.Empty);
}
