namespace AcquireInfra.Enrichment.Overriding;

/// <summary>What an override does to the verdicts it touches.</summary>
public enum OverrideEffect
{
    /// <summary>Leaves a tenth of the score, but for what tor, bulletproof and abuse add, unless it names them.</summary>
    Allow = 0,

    /// <summary>Judges as if the evidence of its categories were not there; it is still shown.</summary>
    Suppress = 1,

    /// <summary>Lifts the score to 90 at least.</summary>
    Block = 2,

    /// <summary>Adds a word that is shown.</summary>
    Tag = 3,
}

public static class OverrideEffects
{
    static readonly string[] Words = ["allow", "suppress", "block", "tag"];

    public static IReadOnlyList<string> All => Words;

    public static string Word(this OverrideEffect effect) => Words[(int)effect];

    public static bool TryParse(string word, out OverrideEffect effect)
    {
        var index = Array.IndexOf(Words, word);
        effect = (OverrideEffect)Math.Max(index, 0);
        return index >= 0;
    }
}
