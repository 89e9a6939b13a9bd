using System.Text.Json;
using AcquireInfra.Enrichment.Sentinel.Incidents;

namespace AcquireInfra.Enrichment.Sentinel.Tests.Incidents;

public sealed class EntityAddressesTests
{
    // Form of an entity, the address in it, or "" where it names none.
    [Theory]
    [InlineData("""{"id":"x","type":"Microsoft.SecurityInsights/Entities","kind":"Ip","properties":{"address":"9.9.9.9"}}""", "9.9.9.9")]
    [InlineData("""{"kind":"IP","properties":{"Address":" 9.9.9.9:443 "}}""", "9.9.9.9")]
    [InlineData("""{"$id":"3","Type":"ip","Address":"9.9.9.9"}""", "9.9.9.9")]
    [InlineData("""{"Address":"2620:fe::9"}""", "2620:fe::9")]
    [InlineData("\"[2620:fe::9]:443\"", "2620:fe::9")]
    [InlineData("\"::ffff:9.9.9.9\"", "9.9.9.9")]
    [InlineData("""{"ip":"9[.]9[.]9[.]9"}""", "9.9.9.9")]
    [InlineData("""{"kind":"Url","properties":{"url":"https://user:pa@ss@9.9.9.9:8443/a?b#c"}}""", "9.9.9.9")]
    [InlineData("""{"kind":"Url","properties":{"url":"http://[2620:fe::9]/"}}""", "2620:fe::9")]
    [InlineData("""{"kind":"Url","properties":{"url":"9.9.9.9/login"}}""", "9.9.9.9")]
    [InlineData("""{"kind":"Url","properties":{"url":"https://example.com/?u=9.9.9.9"}}""", "")]
    [InlineData("""{"kind":"Url","properties":{"url":"http://9.9.9.9@example.com/"}}""", "")]  // that is the user
    [InlineData("""{"kind":"Url","properties":{}}""", "")]
    [InlineData("""{"kind":"Host","properties":{"hostName":"9.9.9.9"}}""", "9.9.9.9")]
    [InlineData("""{"kind":"Host","properties":{"hostName":"9","dnsDomain":"9.9.9"}}""", "9.9.9.9")] // split as a name is
    [InlineData("""{"kind":"Host","properties":{"hostName":"web01","dnsDomain":"example.com"}}""", "")]
    [InlineData("""{"kind":"Account","properties":{"accountName":"9.9.9.9"}}""", "")]
    [InlineData("""{"kind":"File","properties":{"address":"9.9.9.9"}}""", "")]
    [InlineData("""{}""", "")]
    public void Add_Entity_TakesTheAddressInIt(string json, string expected)
    {
        var entities = Read(json);
        Assert.Equal(expected.Length == 0 ? [] : [expected], entities.Addresses.Select(named => named.Address.ToString()));
        Assert.Equal(expected.Length == 0 ? 1 : 0, entities.Others);
        Assert.Empty(entities.Skipped);
    }

    // What is no public address is told, with the reason in a fixed word.
    [Theory]
    [InlineData("\"10.0.0.4\"", "private")]
    [InlineData("\"127.0.0.1\"", "loopback")]
    [InlineData("\"fe80::1%eth0\"", "linkLocal")]
    [InlineData("\"192.0.2.7\"", "documentation")]
    [InlineData("\"010.8.8.8\"", "ipv4_leading_zero")]
    [InlineData("\"<script>\"", "not_an_address")]
    [InlineData("\"\"", "empty")]
    [InlineData("17", "not_an_address")]
    [InlineData("true", "not_an_address")]
    [InlineData("""{"kind":"Ip","properties":{"location":"DE"}}""", "empty")]
    [InlineData("""{"kind":"Ip","properties":{"address":9}}""", "empty")]
    [InlineData("\"\\ud800\"", "empty")] // half a pair has no text
    public void Add_WhatIsNotPublic_IsSkippedWithTheReason(string json, string reason)
    {
        var entities = Read(json);
        Assert.Equal(reason, Assert.Single(entities.Skipped).Reason);
        Assert.Empty(entities.Addresses);
    }

    [Fact]
    public void Add_Twice_IsADuplicateWhateverItsSpelling()
    {
        var entities = Read("""["9.9.9.9",["::ffff:9.9.9.9"],{"Address":"9.9.9.9:80"},null]""");
        Assert.Single(entities.Addresses);
        Assert.Equal(["duplicate", "duplicate"], entities.Skipped.Select(skipped => skipped.Reason));
    }

    [Theory, InlineData("2002:909:909::1"), InlineData("64:ff9b::9.9.9.9"), InlineData("2001:0:1::f6f6:f6f6")]
    public void Add_AddressThatCarriesOne_GivesTheOneInside(string text)
    {
        var entities = Read($"\"{text}\"");
        var named = Assert.Single(entities.Addresses);
        Assert.Equal(("9.9.9.9", text, Addressing.Address.Parse(text).ToString()), (named.Address.ToString(), named.Input, named.CarriedBy));
        Assert.Empty(entities.Skipped);
    }

    [Fact]
    public void Add_PastTheMost_IsCounted()
    {
        var entities = Read("""["9.9.9.1","9.9.9.2","9.9.9.3","9.9.9.1","x","y","z"]""", most: 2);
        Assert.Equal((2, 2, 3), (entities.Addresses.Count, entities.Skipped.Count, entities.TooMany));
    }

    static EntityAddresses Read(string json, int most = 100)
    {
        var entities = new EntityAddresses(most);
        entities.Add(JsonElement.Parse(json));
        return entities;
    }
}
