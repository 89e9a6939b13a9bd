using System.Text.Json.Nodes;

namespace AcquireInfra.Enrichment.Sentinel.Tests.Playbooks;

/// <summary>The checker finds what it is there for.</summary>
public sealed class WorkflowCheckTests
{
    [Theory]
    [InlineData("""{"A":{"type":"Compose","inputs":"@body('B')"},"B":{"type":"Compose"}}""", "A: refers to B, which does not run before it")]
    [InlineData("""{"A":{"type":"Compose","inputs":"@{outputs('Gone')}"}}""", "A: refers to Gone, which does not run before it")]
    [InlineData("""{"A":{"type":"Compose","inputs":"@parameters('gone')"}}""", "A: parameter gone is not declared")]
    [InlineData("""{"A":{"type":"Compose","runAfter":{"Gone":["Succeeded"]}}}""", "A: runs after Gone, which is no sibling")]
    [InlineData("""{"A":{"type":"Compose","runAfter":{"B":["Succeeded"]}},"B":{"type":"Compose","runAfter":{"A":["Succeeded"]}}}""", "A: runs after itself")]
    [InlineData("""{"A":{"type":"Compose"},"B":{"type":"Compose","runAfter":{"A":["Done"]}}}""", "B: status Done")]
    [InlineData("""{"A":{"inputs":1}}""", "A: no type")]
    [InlineData("""{"A b":{"type":"Compose"}}""", "A b: no name of an action")]
    [InlineData("""{"A":{"type":"If","actions":{"B":{"type":"Compose"}},"else":{"actions":{"B":{"type":"Compose"}}}}}""", "B twice")]
    [InlineData("""{"A":{"type":"If","actions":{"B":{"type":"Compose"}}},"C":{"type":"Compose","inputs":"@body('B')"}}""", "C: refers to B, which does not run before it")]
    public void Faults_OfABadDefinition_AreTold(string actions, string fault) => Assert.Contains(fault, Check(actions));

    [Theory]
    [InlineData("""{"A":{"type":"Compose","inputs":"@parameters('p')"},"B":{"type":"Compose","runAfter":{"A":["Succeeded"]},"inputs":"@body('A')"}}""")]
    [InlineData("""{"A":{"type":"Foreach","actions":{"B":{"type":"Compose","inputs":"@items('A')"}}},"C":{"type":"Compose","runAfter":{"A":["Succeeded"]},"inputs":"@body('B')"}}""")]
    public void Faults_OfASoundDefinition_AreNone(string actions) => Assert.Empty(Check(actions));

    [Fact]
    public void Faults_PastTheLimits_AreTold()
    {
        var nested = "{\"type\":\"Compose\"}";
        for (var depth = 8; depth >= 1; depth--)
        {
            nested = "{\"type\":\"Scope\",\"actions\":{\"A" + depth + "\":" + nested + "}}";
        }
        Assert.Contains("deeper than 8", Check("{\"A\":" + nested + "}"));
        Assert.Contains("501 actions", Check("{" + string.Join(',', Enumerable.Range(0, 501).Select(at => "\"A" + at + "\":{\"type\":\"Compose\"}")) + "}"));
        Assert.Contains("A: an expression of 8193 characters", Check("{\"A\":{\"type\":\"Compose\",\"inputs\":\"@" + new string('x', 8192) + "\"}}"));
        Assert.Contains("not one trigger", WorkflowCheck.Faults(JsonNode.Parse("""{"actions":{},"triggers":{}}""")!.AsObject(), null));
        Assert.Contains("parameter p has no value", WorkflowCheck.Faults(JsonNode.Parse("""{"actions":{},"triggers":{"t":{}},"parameters":{"p":{"type":"String"}}}""")!.AsObject(), []));
    }

    static IReadOnlyList<string> Check(string actions) => WorkflowCheck.Faults(
        JsonNode.Parse("""{"triggers":{"t":{}},"parameters":{"p":{"type":"String"}},"actions":""" + actions + "}")!.AsObject(), values: null);
}
