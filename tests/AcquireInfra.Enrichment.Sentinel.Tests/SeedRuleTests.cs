namespace AcquireInfra.Enrichment.Sentinel.Tests;

/// <summary>The seed detection's score as it was given: its vectors are its specification.</summary>
public sealed class SeedRuleTests
{
    [Theory]
    [InlineData(1, 1, "Office 365", 4)]
    [InlineData(0, 0, "", 4)]
    [InlineData(10, 1, "Office 365", 4)]
    [InlineData(11, 1, "Office 365", 5)]                     // sign-ins: more than 10
    [InlineData(1_000, 1, "Office 365", 5)]
    [InlineData(1, 2, "Office 365", 4)]
    [InlineData(11, 2, "Office 365", 5)]
    [InlineData(1, 3, "Office 365", 6)]                      // addresses: more than 2
    [InlineData(11, 3, "Office 365", 6)]                     // and they come before sign-ins
    [InlineData(1, 5, "Office 365", 6)]
    [InlineData(1, 6, "Office 365", 8)]                      // more than 5
    [InlineData(1_000, 1_000, "Office 365", 8)]
    [InlineData(1, 1, "Azure Portal", 9)]                    // applications come before all else
    [InlineData(1_000, 1_000, "Azure Portal", 9)]
    [InlineData(1, 1, "AZURE PORTAL", 9)]                    // has_any knows no case
    [InlineData(1, 1, "azure portal", 9)]
    [InlineData(1, 1, "The Azure Portal (preview)", 9)]      // and finds the phrase in a longer name
    [InlineData(1, 1, "Microsoft Azure Management", 9)]
    [InlineData(1, 1, "azure active directory PowerShell", 9)]
    [InlineData(1, 1, "Azure", 4)]
    [InlineData(1, 1, "Portal Azure", 4)]
    [InlineData(1, 1, "Azure  Portal", 4)]                   // two blanks
    public void Score_Summary_Is(int signIns, int addresses, string application, int expected) =>
        Assert.Equal(expected, SeedRule.Score(new(signIns, addresses, [application])));

    [Fact]
    public void Score_AnyOfSeveralApplications_Counts() =>
        Assert.Equal(9, SeedRule.Score(new(1, 1, ["Office 365", "Exchange", "Azure Portal"])));

    [Fact]
    public void Score_NoApplications_CountsTheRest() => Assert.Equal(8, SeedRule.Score(new(1, 6, [])));

    // The seed alerts from 5 on, so that its lowest score of 4 never does.
    [Theory, InlineData(10, false), InlineData(11, true)]
    public void AlertsFrom_SignIns_IsReachedAbove10(int signIns, bool alerts) =>
        Assert.Equal(alerts, SeedRule.Score(new(signIns, 1, [])) >= SeedRule.AlertsFrom);
}
