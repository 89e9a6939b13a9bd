using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Compilation;

/// <summary>How well rules do on names that they did not learn from, for one role.</summary>
/// <param name="Names">Names that have the role.</param>
/// <param name="Said">Names of which the rules said so.</param>
/// <param name="Right">Names of which they rightly said so.</param>
public readonly record struct RoleTrial(AsnRole Role, int Names, int Said, int Right, ulong Addresses, ulong AddressesSaid, ulong AddressesRight)
{
    /// <summary>0..1; 1 where nothing was said.</summary>
    public double Precision => Said == 0 ? 1 : (double)Right / Said;

    /// <summary>0..1; 1 where there was nothing to find.</summary>
    public double Recall => Names == 0 ? 1 : (double)Right / Names;

    /// <summary>As <see cref="Precision"/>, each name weighing as many as its IPv4 addresses.</summary>
    public double AddressPrecision => AddressesSaid == 0 ? 1 : (double)AddressesRight / AddressesSaid;

    public double AddressRecall => Addresses == 0 ? 1 : (double)AddressesRight / Addresses;
}

/// <summary>Cross-validation: each tenth of the names is judged by what the rules learn from the other nine.</summary>
public static class AsnRoleTrial
{
    const int Folds = 10;

    /// <param name="counts">Which names are counted; all are learnt from.</param>
    /// <returns>One row a role that a rule has, in the order of the roles; equal input gives equal rows.</returns>
    public static IReadOnlyList<RoleTrial> Of(AsnRoleRules rules, IReadOnlyList<JudgedName> judged, Func<JudgedName, bool> counts)
    {
        var trials = rules.Rules.Select(rule => rule.Is).Distinct().Order().ToDictionary(role => role, role => new RoleTrial(role, 0, 0, 0, 0, 0, 0));
        for (var fold = 0; fold < Folds; fold++)
        {
            var inference = AsnRoleInference.Learn(rules, judged.Where((_, index) => index % Folds != fold));
            foreach (var name in judged.Where((_, index) => index % Folds == fold).Where(counts))
            {
                Count(trials, name, inference.RoleOf(name.Name)?.Role ?? AsnRole.Unknown);
            }
        }
        return [.. trials.Values];
    }

    static void Count(Dictionary<AsnRole, RoleTrial> trials, JudgedName name, AsnRole said)
    {
        var right = said == name.Role;
        if (trials.TryGetValue(name.Role, out var its))
        {
            trials[name.Role] = its with { Names = its.Names + 1, Addresses = its.Addresses + name.Addresses };
        }
        if (trials.TryGetValue(said, out var trial))
        {
            trials[said] = trial with
            {
                Said = trial.Said + 1,
                AddressesSaid = trial.AddressesSaid + name.Addresses,
                Right = trial.Right + (right ? 1 : 0),
                AddressesRight = trial.AddressesRight + (right ? name.Addresses : 0),
            };
        }
    }
}
