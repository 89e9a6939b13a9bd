using System.Text;
using AcquireInfra.Enrichment.Snapshots;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Client.Tests;

/// <summary>The snapshot that the fake service judges by and serves.</summary>
internal sealed class FakeData
{
    public FakeData(string snapshotPath, DateTimeOffset at) => Use(snapshotPath, at);

    public Judge Judge { get; private set; } = null!;

    public string SnapshotPath { get; private set; } = "";

    public byte[] PolicyJson { get; private set; } = [];

    public string Id => Judge.Snapshot.Id;

    /// <summary>Goes live, and is announced.</summary>
    public void Use(string snapshotPath, DateTimeOffset? at = null, string? policyVersion = null)
    {
        var policy = Encoding.UTF8.GetString(Repository.PolicyJson);
        policy = policyVersion is null ? policy : policy.Replace("\"p1\"", $"\"{policyVersion}\"", StringComparison.Ordinal);
        (SnapshotPath, PolicyJson) = (snapshotPath, Encoding.UTF8.GetBytes(policy));
        Judge = new Judge(Snapshot.Open(snapshotPath), Policy.Parse(PolicyJson), at ?? Judge.At);
    }
}
