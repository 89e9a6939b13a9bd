namespace AcquireInfra.Enrichment.Feeds.Tests.Loading;

/// <summary>Fifty access networks, the ones whose customers would be accused most: by a service that errs, or by a feed.</summary>
static class LargeAccessNetworks
{
    public static readonly uint[] Asns =
    [
        701, 812, 852, 1136, 1221, 2119, 2516, 2856, 3209, 3215, 3243, 3269, 3301, 3303, 3320, 3352, 3462, 4134, 4713, 4766, 4771, 4788, 4804, 4837,
        5089, 5384, 5410, 5432, 5607, 6057, 6327, 6830, 7018, 7303, 7418, 7545, 7552, 7922, 8151, 8167, 8402, 8452, 9121, 9299, 9808, 9829, 12322,
        12389, 17676, 22773,
    ];
}
