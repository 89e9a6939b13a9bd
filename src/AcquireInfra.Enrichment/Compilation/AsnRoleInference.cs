using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Compilation;

/// <summary>A registered name and what its ASN is known to do.</summary>
/// <param name="Addresses">IPv4 addresses of the ASN: its weight where rules are tried.</param>
public readonly record struct JudgedName(string Name, AsnRole Role, RoleBasis Basis, ulong Addresses);

/// <summary>
/// Rules, less the words that the names which someone has looked at speak against: "communications" says access in the rules, and is
/// dropped when too many hosters are called that.
/// </summary>
public sealed class AsnRoleInference
{
    readonly CompiledRule[] _rules;
    readonly HashSet<(int Rule, int Word)> _dropped = [];

    AsnRoleInference(CompiledRule[] rules) => _rules = rules;

    /// <summary>The words that were dropped, each with its role, the names that have it and those of them that have the role.</summary>
    public IReadOnlyList<(AsnRole Role, string Word, int Names, int Right)> Dropped { get; private set; } = [];

    public static AsnRoleInference Learn(AsnRoleRules rules, IEnumerable<JudgedName> judged)
    {
        var inference = new AsnRoleInference([.. rules.Rules.Select(rule => new CompiledRule(rule))]);
        var counts = new Dictionary<(int Rule, int Word), (int Names, int Right)>();
        foreach (var name in judged)
        {
            foreach (var match in inference.MatchesIn(name.Name))
            {
                var (names, right) = counts.GetValueOrDefault(match);
                counts[match] = (names + 1, right + (inference._rules[match.Rule].Is == name.Role ? 1 : 0));
            }
        }
        var dropped = counts.Where(count => count.Value.Names >= rules.LeastNames
            && (double)count.Value.Right / count.Value.Names < inference._rules[count.Key.Rule].LeastPrecision).OrderBy(count => count.Key).ToList();
        inference._dropped.UnionWith(dropped.Select(count => count.Key));
        inference.Dropped = [.. dropped.Select(count => (
            inference._rules[count.Key.Rule].Is, inference._rules[count.Key.Rule].Words[count.Key.Word].Text, count.Value.Names, count.Value.Right))];
        return inference;
    }

    /// <returns>The role that the name says, and the word that says it; null where no rule fits.</returns>
    public (AsnRole Role, string Word)? RoleOf(string name)
    {
        foreach (var match in MatchesIn(name))
        {
            if (!_dropped.Contains(match))
            {
                return (_rules[match.Rule].Is, _rules[match.Rule].Words[match.Word].Text);
            }
        }
        return null;
    }

    IEnumerable<(int Rule, int Word)> MatchesIn(string name)
    {
        var words = WordPattern.WordsOf(name);
        for (var rule = 0; rule < _rules.Length; rule++)
        {
            var isOut = false;
            for (var word = 0; word < _rules[rule].Words.Length && !isOut; word++)
            {
                if (!_rules[rule].Words[word].IsIn(words))
                {
                    continue;
                }
                isOut = _rules[rule].Unless.Any(unless => unless.IsIn(words));
                if (!isOut)
                {
                    yield return (rule, word);
                }
            }
        }
    }

    sealed class CompiledRule(AsnRoleRule rule)
    {
        public AsnRole Is { get; } = rule.Is;

        public double LeastPrecision { get; } = rule.LeastPrecision;

        public WordPattern[] Words { get; } = [.. rule.Words.Select(word => new WordPattern(word))];

        public WordPattern[] Unless { get; } = [.. rule.Unless.Select(word => new WordPattern(word))];
    }
}
