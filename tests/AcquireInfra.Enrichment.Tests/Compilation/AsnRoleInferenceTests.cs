using System.Text;
using AcquireInfra.Enrichment.Compilation;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Tests.Compilation;

public sealed class AsnRoleInferenceTests
{
    const string Rules = """
        { "leastNames": 3, "rules": [
          { "role": "hosting", "leastPrecision": 0.9, "words": ["*host", "cloud", "data center*"], "unless": ["wireless", "*telecom*"] },
          { "role": "access", "leastPrecision": 0.8, "words": ["wireless", "*telecom*", "net*"], "unless": [] } ] }
        """;

    [Theory]
    [InlineData("MEGAHOST Ltd", "hosting *host")]
    [InlineData("Mega-Host Ltd", "hosting *host")]
    [InlineData("Hostal del Mar", null)]                            // *host ends there
    [InlineData("Example Data Centers Inc", "hosting data center*")]
    [InlineData("Data of the Center", null)]                        // no phrase
    [InlineData("Cloud 9 Wireless", "access wireless")]             // taken out of the first rule, and in the second
    [InlineData("Telecomunicacoes Nuvem", "access *telecom*")]
    [InlineData("Clouds", null)]
    [InlineData("NETWORKS OF EXAMPLE", "access net*")]
    [InlineData("", null)]
    [InlineData("Énét – 例え", null)]
    public void RoleOf_Name_IsWhatTheFirstRuleThatFitsSays(string name, string? expected)
    {
        var said = AsnRoleInference.Learn(AsnRoleRules.Parse(Encoding.UTF8.GetBytes(Rules)), []).RoleOf(name);
        Assert.Equal(expected, said is { } rule ? $"{rule.Role.Word()} {rule.Word}" : null);
    }

    [Fact]
    public void Learn_WordThatNamesSpeakAgainst_IsDropped()
    {
        JudgedName[] judged = [Name("Cloud A", AsnRole.Hosting), Name("Cloud B", AsnRole.Hosting), Name("Cloud C", AsnRole.Access), Name("Ahost", AsnRole.Access)];
        var inference = AsnRoleInference.Learn(AsnRoleRules.Parse(Encoding.UTF8.GetBytes(Rules)), judged);
        Assert.Equal([(AsnRole.Hosting, "cloud", 3, 2)], inference.Dropped);
        Assert.Null(inference.RoleOf("Cloud D"));
        Assert.Equal(AsnRole.Hosting, inference.RoleOf("Bhost")?.Role); // one name is too few to speak
    }

    [Fact]
    public void Trial_Names_AreJudgedByWhatTheOthersTeach()
    {
        // Ten clouds of which one is access: nine teach each tenth, and the word stays where eight of nine would not be enough.
        var judged = Enumerable.Range(0, 10).Select(at => Name($"Cloud {at}", at == 0 ? AsnRole.Access : AsnRole.Hosting)).ToList();
        var trial = AsnRoleTrial.Of(AsnRoleRules.Parse(Encoding.UTF8.GetBytes(Rules)), judged, _ => true);
        // Judged by the nine hosters the access network is said to be one; the hosters are judged by eight of nine, below 0.9.
        Assert.Equal((9, 1, 0, 0.0), (trial[0].Names, trial[0].Said, trial[0].Right, trial[0].Precision));
        Assert.Equal((1, 0, 1.0), (trial[1].Names, trial[1].Said, trial[1].Precision));
    }

    [Theory]
    [InlineData("{", "cannot be read")]
    [InlineData("null", "null")]
    [InlineData("""{ "leastNames": 0, "rules": [] }""", "leastNames")]
    [InlineData("""{ "leastNames": 1, "rules": [{ "role": "hoster", "leastPrecision": 1, "words": [], "unless": [] }] }""", "'hoster' is no role")]
    [InlineData("""{ "leastNames": 1, "rules": [{ "role": "cdn", "leastPrecision": 0, "words": [], "unless": [] }] }""", "cdn: leastPrecision")]
    [InlineData("""{ "leastNames": 1, "rules": [{ "role": "cdn", "leastPrecision": 1, "words": ["CDN"], "unless": [] }] }""", "'CDN' is no word")]
    [InlineData("""{ "leastNames": 1, "rules": [{ "role": "cdn", "leastPrecision": 1, "words": ["c*n"], "unless": [] }] }""", "'c*n' is no word")]
    [InlineData("""{ "leastNames": 1, "rules": [{ "role": "cdn", "leastPrecision": 1, "words": [""], "unless": [] }] }""", "'' is no word")]
    public void Parse_WrongRules_ThrowsAndSaysWhat(string json, string expected) => Assert.Contains(
        expected, Assert.Throws<FormatException>(() => AsnRoleRules.Parse(Encoding.UTF8.GetBytes(json))).Message, StringComparison.Ordinal);

    static JudgedName Name(string name, AsnRole role) => new(name, role, RoleBasis.Knowledge, 256);
}
