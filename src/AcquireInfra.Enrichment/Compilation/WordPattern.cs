namespace AcquireInfra.Enrichment.Compilation;

/// <summary>
/// A word of a name, or a phrase of words that follow each other. A star stands for any letters before or behind: <c>*host</c> is in
/// "Megahost Ltd", and <c>host</c> is not. Words are runs of ASCII letters and digits, so "Web-Host" is two.
/// </summary>
internal sealed class WordPattern(string text)
{
    readonly string[] _parts = text.Split(' ');

    public string Text => text;

    /// <returns>The words of a name in small letters.</returns>
    public static string[] WordsOf(string name)
    {
        var letters = name.ToCharArray();
        for (var at = 0; at < letters.Length; at++)
        {
            letters[at] = char.IsAsciiLetterOrDigit(letters[at]) ? char.ToLowerInvariant(letters[at]) : ' ';
        }
        return new string(letters).Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    public static bool IsSound(string text) => text.Split(' ').All(part => part.Trim('*') is { Length: > 0 } word
        && part.Length - word.Length <= 2 && word.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter)));

    /// <param name="words">As <see cref="WordsOf"/> gives them.</param>
    public bool IsIn(ReadOnlySpan<string> words)
    {
        for (var at = 0; at + _parts.Length <= words.Length; at++)
        {
            if (StandsAt(words[at..]))
            {
                return true;
            }
        }
        return false;
    }

    bool StandsAt(ReadOnlySpan<string> words)
    {
        for (var at = 0; at < _parts.Length; at++)
        {
            if (!Fits(_parts[at], words[at]))
            {
                return false;
            }
        }
        return true;
    }

    static bool Fits(string part, string word) => (part[0] == '*', part[^1] == '*') switch
    {
        (true, true) => word.AsSpan().IndexOf(part.AsSpan(1, part.Length - 2)) >= 0,
        (true, false) => word.AsSpan().EndsWith(part.AsSpan(1)),
        (false, true) => word.AsSpan().StartsWith(part.AsSpan(0, part.Length - 1)),
        (false, false) => word == part,
    };
}
