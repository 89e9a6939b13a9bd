using System.Text;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Compilation;
using AcquireInfra.Enrichment.Parsing;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Feeds.Tests.Loading;

/// <summary>asn-roles.csv against itself and against the ASN table. Real ASNs, because the bundled data is the point.</summary>
public sealed class BundledRolesTests(BundledSnapshot bundled) : IClassFixture<BundledSnapshot>
{
    IReadOnlyList<AsnRoleRow> Rows => bundled.Loaded.Sources.Single(source => source.Info.Kind == SourceKind.AsnRoles).Roles;

    FeedContent Table => bundled.Loaded.Sources.Single(source => source.Info.Kind == SourceKind.AsnTable).Contents.Single();

    static byte[] File => System.IO.File.ReadAllBytes(Path.Combine(Repository.Data, "asn-roles.csv"));

    [Fact]
    public void Generate_Again_ChangesNothing()
    {
        var rules = AsnRoleRules.Parse(System.IO.File.ReadAllBytes(Path.Combine(Repository.Data, "asn-role-rules.json")));
        var generated = new AsnRolesGenerator(File, Table, rules).Generate();
        Assert.True(generated.AsSpan().SequenceEqual(File), "enrich asn roles --data data --out data/asn-roles.csv was not run after the last change");
    }

    [Fact]
    public void Rows_AreSortedAndNoAsnIsThereTwice()
    {
        var asns = Encoding.UTF8.GetString(File).Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .Select(line => uint.Parse(line.Split(',')[0], System.Globalization.CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(asns.Order().Distinct(), asns);
        Assert.Equal(asns.Count, Rows.Count);
    }

    [Fact]
    public void Rows_ProvidersOfOneBrand_AreSpeltAlike()
    {
        var spellings = Rows.Where(row => row.Provider.Length > 0)
            .GroupBy(row => LettersOf(row.Provider), row => row.Provider)
            .Select(family => string.Join(" | ", family.Distinct())).Where(family => family.Contains(" | ", StringComparison.Ordinal));
        Assert.Empty(spellings);
    }

    // A brand that does not stand in the registered name is knowledge, not a name.
    [Fact]
    public void Rows_JudgedByTheirName_HaveTheBrandInIt() => Assert.All(
        Rows.Where(row => row.Basis == RoleBasis.Name && row.Provider.Length > 0),
        row => Assert.Contains(LettersOf(row.Provider.Split(' ')[0]), LettersOf(Table.AsnNames[row.Asn]), StringComparison.Ordinal));

    static string LettersOf(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToUpperInvariant();

    [Fact]
    public void Rows_Inferred_NameNoProviderAndOnlyRolesOfTheRules() => Assert.All(Rows.Where(row => row.Basis == RoleBasis.Inferred), row =>
    {
        Assert.Equal("", row.Provider);
        Assert.Contains(row.Role, (AsnRole[])[AsnRole.Hosting, AsnRole.Access, AsnRole.Education, AsnRole.Government, AsnRole.Business]);
    });

    [Theory]
    [InlineData(174, AsnRole.Transit)]     // Cogent: a third of the seed rule's addresses
    [InlineData(719, AsnRole.Access)]      // named RIPE NCC; it is Elisa
    [InlineData(3257, AsnRole.Transit)]    // GTT
    [InlineData(9605, AsnRole.Access)]     // NTT DOCOMO, no word of access in its name
    [InlineData(14061, AsnRole.Hosting)]   // DigitalOcean, and the next four: no word of hosting
    [InlineData(16276, AsnRole.Hosting)]   // OVH
    [InlineData(24940, AsnRole.Hosting)]   // Hetzner
    [InlineData(29447, AsnRole.Access)]    // named SCALEWAY; it is Iliad's mobile customers
    [InlineData(37611, AsnRole.Access)]    // Afrihost: a big access network
    [InlineData(39834, AsnRole.Access)]    // FIBERHOST: wholesale fibre in Poland
    [InlineData(51167, AsnRole.Hosting)]   // Contabo
    [InlineData(57814, AsnRole.Access)]    // Cloud 9, an ISP in Georgia
    [InlineData(63949, AsnRole.Hosting)]   // Linode
    [InlineData(401694, AsnRole.Access)]   // Cloud 9 Wireless
    public void Roles_NamesThatLie_AreKnown(uint asn, AsnRole role) => Assert.Equal(role, bundled.Snapshot.AsnOf(new Asn(asn))?.Role);

    [Fact]
    public void Roles_LargeAccessNetworks_AreCarriers() => Assert.All(LargeAccessNetworks.Asns, asn => Assert.True(
        bundled.Snapshot.AsnOf(new Asn(asn))?.Role is AsnRole.Access or AsnRole.Transit, $"AS{asn} {bundled.Snapshot.AsnOf(new Asn(asn))}"));

    [Fact]
    public void Judge_CarrierOrAccessNetwork_IsNeverHostingOrVpnByItsAsn()
    {
        var looked = 0;
        for (var index = 1u; index < bundled.Snapshot.ProfileCount; index++)
        {
            var profile = bundled.Snapshot.ProfileAt(index);
            if (bundled.Snapshot.AsnOf(profile)?.Role is AsnRole.Access or AsnRole.Transit)
            {
                var present = bundled.Judge.VerdictOf(index, profile.IsIPv6).Present;
                Assert.False(present.Has(Category.Hosting) || present.Has(Category.Vpn), bundled.Snapshot.AsnOf(profile)!.ToString());
                looked++;
            }
        }
        Assert.True(looked > 20_000);
    }
}
