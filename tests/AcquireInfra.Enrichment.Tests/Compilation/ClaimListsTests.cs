using AcquireInfra.Enrichment.Compilation;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Tests.Compilation;

public sealed class ClaimListsTests
{
    static readonly Comparison<Claim> Order = static (left, right) => (left.Category, left.Source, left.PrefixLength, left.Provider, left.Confidence)
        .CompareTo((right.Category, right.Source, right.PrefixLength, right.Provider, right.Confidence));

    static Claim ClaimOf(uint provider, byte confidence = 100, byte length = 24, uint firstSeen = 0, byte category = 1) =>
        new(0, category, length, confidence, 0, 0, provider, firstSeen, 0);

    // A hostile feed: every line names the same prefix and another provider. Unbounded, list n would hold n claims.
    [Fact]
    public void Extend_EverNewProviders_KeepsTheStrongestFewInAnyOrder()
    {
        Claim[] claims = [.. Enumerable.Range(1, 2_000).Select(provider => ClaimOf((uint)provider, confidence: (byte)(1 + provider % 100)))];
        var random = new Random(5);
        for (var round = 0; round < 3; round++)
        {
            var lists = new ClaimLists(Order);
            var list = claims.Aggregate(0, lists.Extend);
            Assert.Equal(ClaimLists.MostAlike, lists[list].Length);
            Assert.All(lists[list], claim => Assert.Equal(100, claim.Confidence));
            Assert.Equal(claims.Where(claim => claim.Confidence == 100).OrderBy(claim => claim.Provider).Take(ClaimLists.MostAlike).ToHashSet(), [.. lists[list]]);
            random.Shuffle(claims);
        }
    }

    [Fact]
    public void Extend_OtherCategories_AreCountedApart()
    {
        var lists = new ClaimLists(Order);
        var list = 0;
        for (var provider = 1u; provider <= 40; provider++)
        {
            list = lists.Extend(lists.Extend(list, ClaimOf(provider, category: 1)), ClaimOf(provider, category: 2));
        }
        Assert.Equal(2 * ClaimLists.MostAlike, lists[list].Length);
    }

    [Theory]
    [InlineData(100u, 50u, 24, 50u)]  // the same prefix, seen earlier by another record
    [InlineData(100u, 0u, 24, 100u)]  // a record without a date says nothing of it
    [InlineData(0u, 50u, 24, 50u)]
    [InlineData(100u, 50u, 16, 100u)] // a wider prefix was seen earlier, this one was not
    public void Extend_SameClaimTwice_KeepsTheEarliestFirstSeenInAnyOrder(uint strong, uint weak, byte lengthOfWeak, uint expected)
    {
        Claim[] claims = [ClaimOf(1, 100, 24, strong), ClaimOf(1, 60, lengthOfWeak, weak)];
        foreach (var order in (Claim[][])[claims, [claims[1], claims[0]]])
        {
            var lists = new ClaimLists(Order);
            Assert.Equal([ClaimOf(1, 100, 24, expected)], lists[order.Aggregate(0, lists.Extend)]);
        }
    }
}
