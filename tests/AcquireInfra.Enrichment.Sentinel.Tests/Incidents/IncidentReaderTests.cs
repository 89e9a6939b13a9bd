using System.Text.Json;
using AcquireInfra.Enrichment.Sentinel.Incidents;

namespace AcquireInfra.Enrichment.Sentinel.Tests.Incidents;

public sealed class IncidentReaderTests
{
    [Theory]
    [InlineData("""{"entities":["9.9.9.9"]}""")]
    [InlineData("""{"Entities":["9.9.9.9"]}""")]
    [InlineData("""{"relatedEntities":[{"kind":"Ip","properties":{"address":"9.9.9.9"}}]}""")]
    [InlineData("""{"ips":["9.9.9.9"]}""")]
    [InlineData("""{"ips":"9.9.9.9"}""")]
    [InlineData("""["9.9.9.9"]""")]
    [InlineData("""[{"kind":"Ip","properties":{"address":"9.9.9.9"}}]""")]
    [InlineData("""{"entities":"[\"9.9.9.9\"]"}""")] // an expression inside a longer one makes texts of arrays
    public void Read_EveryForm_FindsTheAddress(string json) => Assert.Equal("9.9.9.9", Assert.Single(Read(json).Addresses).Address.ToString());

    [Theory, InlineData("{}"), InlineData("[]"), InlineData("""{"entities":null,"severity":null,"at":null,"comments":null,"maxComment":null,"alertEntities":null}""")]
    public void Read_Nothing_IsAnEmptyQuestion(string json)
    {
        var question = Read(json);
        Assert.Equal((0, "", "", 0), (question.EntityCount, question.IncidentArmId, question.Severity, question.Warnings.Count));
        Assert.Equal((null, null, null), (question.AlertAddresses, question.At, question.MaxComment));
    }

    [Theory, InlineData("7"), InlineData("\"9.9.9.9\""), InlineData("null"), InlineData("true")]
    public void TryRead_NeitherObjectNorArray_IsNone(string json) => Assert.False(IncidentReader.TryRead(JsonElement.Parse(json), 10, out _));

    // Nothing of these is worth a refusal that a playbook would stop at.
    [Theory]
    [InlineData("""{"severity":"Urgent"}""")]
    [InlineData("""{"severity":"2"}""")]
    [InlineData("""{"at":"yesterday"}""")]
    [InlineData("""{"at":"11/12/2026"}""")]
    [InlineData("""{"maxComment":"many"}""")]
    [InlineData("""{"maxComment":999}""")]
    [InlineData("""{"maxComment":1e9999}""")]
    [InlineData("""{"entities":"[not JSON"}""")]
    public void Read_WhatIsWrong_IsWarnedOf(string json) => Assert.Single(Read(json).Warnings);

    [Fact]
    public void Read_AlertEntities_OfNone_AreNoneAndNotUnknown() => Assert.Empty(Read("""{"alertEntities":[]}""").AlertAddresses!);

    [Fact]
    public void Read_AlertEntities_MayBeNestedTexts() =>
        Assert.Equal("9.9.9.9", Assert.Single(Read("""{"alertEntities":[["9.9.9.9"],["9.9.9.9"]]}""").AlertAddresses!).ToString());

    [Theory]
    [InlineData("""{"comments":[{"id":"i","name":"n","properties":{"message":"m"}}]}""", "n")]
    [InlineData("""{"comments":{"value":[{"name":"n","properties":{"message":"m"}}]}}""", "n")]
    [InlineData("""{"comments":["m"]}""", "")]
    [InlineData("""{"comment":"m"}""", "")]
    [InlineData("""{"comment":"[m"}""", "")]
    public void Read_Comments_HaveNameAndMessage(string json, string name)
    {
        var comment = Assert.Single(Read(json).Comments);
        Assert.Equal(name, comment.Name);
        Assert.EndsWith("m", comment.Message, StringComparison.Ordinal);
    }

    static IncidentQuestion Read(string json)
    {
        Assert.True(IncidentReader.TryRead(JsonElement.Parse(json), 1_000, out var question));
        return question;
    }
}
