using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Evaluation;

/// <summary>
/// What an address is known to be. Most labels are the words of categories; a label of an ordinary line says that nobody there rents servers
/// or hides, so that a verdict which accuses it is wrong.
/// </summary>
/// <param name="Word">As it is told, whichever spelling was read.</param>
/// <param name="Category">The category that a right verdict has; null where none is asked for.</param>
public sealed record Label(string Word, Category? Category, bool IsOrdinary)
{
    /// <summary>What a verdict accuses an address of.</summary>
    public static CategorySet Accusing { get; } = CategorySet.Of(
        Verdicts.Category.Hosting, Verdicts.Category.Vpn, Verdicts.Category.Proxy, Verdicts.Category.ResidentialProxy, Verdicts.Category.Tor,
        Verdicts.Category.Relay, Verdicts.Category.Bulletproof, Verdicts.Category.Abuse);

    static readonly CategorySet Lines = CategorySet.Of(
        Verdicts.Category.Isp, Verdicts.Category.Mobile, Verdicts.Category.Education, Verdicts.Category.Government, Verdicts.Category.Business);

    static readonly Dictionary<string, Label> ByWord = new(
        [
            .. Enumerable.Range(0, Categories.Count).Select(number => (Category)number)
                .Select(category => KeyValuePair.Create(category.Word(), new Label(category.Word(), category, Lines.Has(category)))),
            .. ((string[])["access", "eyeball"]).Select(word => KeyValuePair.Create(word, new Label("isp", Verdicts.Category.Isp, IsOrdinary: true))),
            .. ((string[])["transit", "carrier"]).Select(word => KeyValuePair.Create(word, new Label("transit", null, IsOrdinary: true))),
            KeyValuePair.Create("ordinary", new Label("ordinary", null, IsOrdinary: true)),
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>All words that are read.</summary>
    public static IEnumerable<string> Words => ByWord.Keys;

    public static Label? Find(string word) => ByWord.GetValueOrDefault(word);
}
