namespace AcquireInfra.Enrichment.Client;

/// <summary>The verdict on one item of many, or what was wrong with it, in its place.</summary>
/// <param name="Input">The text as it was given.</param>
/// <param name="Verdict">Null exactly where there is an error.</param>
/// <param name="Error">Null exactly where there is a verdict.</param>
public readonly record struct IpResult(string Input, IpVerdict? Verdict, IpError? Error);

/// <summary>Why an item has no verdict.</summary>
/// <param name="Code">Fixed word, as <c>bad_address</c>.</param>
/// <param name="Reason">For bad addresses a fixed word for what is wrong; else null.</param>
/// <param name="Detail">What was given, what was expected and what to do, for people.</param>
public sealed record IpError(string Code, string? Reason, string Detail);
