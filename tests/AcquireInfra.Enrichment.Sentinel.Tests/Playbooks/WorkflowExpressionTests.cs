namespace AcquireInfra.Enrichment.Sentinel.Tests.Playbooks;

/// <summary>The interpreter says what the engine's documentation says.</summary>
public sealed class WorkflowExpressionTests
{
    [Theory]
    [InlineData("plain", "\"plain\"")]
    [InlineData("@@plain", "\"@plain\"")]
    [InlineData("a@{1}b@{concat('c', 'd''e')}", "\"a1bcd'e\"")]
    [InlineData("@{json('{\"a\":1}')}", "\"{\\u0022a\\u0022:1}\"")]
    [InlineData("@json('{\"a\":[1,2]}')?['a']?[1]", "2")]
    [InlineData("@json('{\"a\":1}')?['b']?['c']", "null")]
    [InlineData("@{json('{\"a\":1}')?['b']}", "\"\"")]
    [InlineData("@coalesce(null, json('{}')?['x'], 'z')", "\"z\"")]
    [InlineData("@if(equals(1, 1), 'y', 'n')", "\"y\"")]
    [InlineData("@empty('')", "true")]
    [InlineData("@empty(json('[]'))", "true")]
    [InlineData("@contains('abc', 'B')", "false")]
    [InlineData("@mul(div(57, 5), 5)", "55")]
    [InlineData("@take(json('[1,2,3]'), 2)", "[1,2]")]
    [InlineData("@chunk(json('[1,2,3]'), 2)", "[[1,2],[3]]")]
    [InlineData("@addHours('2026-11-24T12:00:00Z', -24, 'yyyy-MM-ddTHH:mm:ssZ')", "\"2026-11-23T12:00:00Z\"")]
    public void Evaluate_Expression_Is(string text, string expected) =>
        Assert.Equal(expected, Expressions.Evaluate(text)?.ToJsonString().Replace("\\u0027", "'", StringComparison.Ordinal) ?? "null");

    [Theory]
    [InlineData("@json('{}')['x']"), InlineData("@json('[]')[0]"), InlineData("@json('x')"), InlineData("@nothing()"), InlineData("@concat('a'"), InlineData("@'a")]
    [InlineData("@greater('1', 0)"), InlineData("@length(null)"), InlineData("@if('true', 1, 2)"), InlineData("@{1")]
    public void Evaluate_WhatTheEngineRefuses_Fails(string text) => Assert.Throws<WorkflowException>(() => Expressions.Evaluate(text));

    static readonly WorkflowExpression Expressions = new((name, given) => WorkflowFunctions.Call(name, given, default));
}
