using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AcquireInfra.Enrichment.Sentinel.Tests.Playbooks;

/// <summary>
/// What Logic Apps refuses when a workflow is deployed, and what it would only find out at run time: <c>runAfter</c> of others than siblings,
/// references to what has not run, undeclared parameters, and the limits of the engine.
/// </summary>
internal sealed partial class WorkflowCheck
{
    const int MaxDepth = 8;
    const int MaxActions = 500;
    const int MaxName = 80;
    const int MaxExpression = 8192;

    static readonly string[] KnownStatuses = ["Succeeded", "Failed", "Skipped", "TimedOut"];

    readonly List<string> _faults = [];
    readonly Dictionary<string, (JsonObject Action, HashSet<string> Before)> _all = [];

    /// <param name="definition">With <c>triggers</c>, <c>actions</c> and <c>parameters</c>.</param>
    /// <param name="values">Values of parameters; null where they are given elsewhere.</param>
    public static IReadOnlyList<string> Faults(JsonObject definition, JsonObject? values)
    {
        var check = new WorkflowCheck();
        check.Walk(definition["actions"]!.AsObject(), depth: 1, []);
        check.CheckWhole(definition, values);
        foreach (var (name, (action, before)) in check._all)
        {
            check.CheckExpressions(name, action, before, definition);
        }
        return check._faults;
    }

    void CheckWhole(JsonObject definition, JsonObject? values)
    {
        if (_all.Count > MaxActions)
        {
            _faults.Add($"{_all.Count} actions");
        }
        if ((definition["triggers"] as JsonObject)?.Count != 1)
        {
            _faults.Add("not one trigger");
        }
        foreach (var (name, declared) in definition["parameters"] as JsonObject ?? [])
        {
            if (values is not null && !values.ContainsKey(name) && declared!["defaultValue"] is null)
            {
                _faults.Add($"parameter {name} has no value");
            }
        }
    }

    void Walk(JsonObject actions, int depth, HashSet<string> before)
    {
        if (depth > MaxDepth)
        {
            _faults.Add($"deeper than {MaxDepth}");
        }
        foreach (var (name, node) in actions)
        {
            var action = node!.AsObject();
            var earlier = Earlier(name, actions);
            CheckAction(name, action, actions, earlier);
            HashSet<string> seen = [.. before, .. earlier];
            if (!_all.TryAdd(name, (action, seen)))
            {
                _faults.Add($"{name} twice");
            }
            foreach (var inside in ((JsonNode?[])[action["actions"], action["else"]?["actions"]]).OfType<JsonObject>())
            {
                Walk(inside, depth + 1, [.. seen, name]);
            }
        }
    }

    void CheckAction(string name, JsonObject action, JsonObject siblings, HashSet<string> earlier)
    {
        if (name.Length > MaxName || !Name().IsMatch(name))
        {
            _faults.Add($"{name}: no name of an action");
        }
        if (action["type"] is null)
        {
            _faults.Add($"{name}: no type");
        }
        foreach (var (other, statuses) in action["runAfter"] as JsonObject ?? [])
        {
            if (!siblings.ContainsKey(other))
            {
                _faults.Add($"{name}: runs after {other}, which is no sibling");
            }
            _faults.AddRange(statuses!.AsArray().Select(status => (string)status!).Except(KnownStatuses).Select(status => $"{name}: status {status}"));
        }
        if (earlier.Contains(name))
        {
            _faults.Add($"{name}: runs after itself");
        }
    }

    static HashSet<string> Earlier(string name, JsonObject siblings)
    {
        var earlier = new HashSet<string>();
        var open = new Stack<string>([name]);
        while (open.TryPop(out var next))
        {
            foreach (var (before, _) in siblings[next]?["runAfter"] as JsonObject ?? [])
            {
                if (earlier.Add(before))
                {
                    open.Push(before);
                }
            }
        }
        return earlier;
    }

    // What is inside an action that ran has run, or was skipped.
    bool HasRun(string wanted, HashSet<string> before) => before.Contains(wanted)
        || before.Any(earlier => _all.TryGetValue(earlier, out var known) && Descendants(known.Action).Contains(wanted));

    static IEnumerable<string> Descendants(JsonObject action) => ((JsonNode?[])[action["actions"], action["else"]?["actions"]]).OfType<JsonObject>()
        .SelectMany(actions => actions.SelectMany(inside => (IEnumerable<string>)[inside.Key, .. Descendants(inside.Value!.AsObject())]));

    void CheckExpressions(string name, JsonObject action, HashSet<string> before, JsonObject definition)
    {
        foreach (var text in action.Where(member => member.Key is not ("actions" or "else")).SelectMany(member => Texts(member.Value)).Where(text => text.Contains('@', StringComparison.Ordinal)))
        {
            if (text.Length > MaxExpression)
            {
                _faults.Add($"{name}: an expression of {text.Length} characters");
            }
            foreach (var wanted in Reference().Matches(text).Select(match => match.Groups[2].Value).Where(wanted => !HasRun(wanted, before)))
            {
                _faults.Add($"{name}: refers to {wanted}, which does not run before it");
            }
            foreach (var wanted in Parameter().Matches(text).Select(match => match.Groups[1].Value).Where(wanted => definition["parameters"]?[wanted] is null))
            {
                _faults.Add($"{name}: parameter {wanted} is not declared");
            }
        }
    }

    static IEnumerable<string> Texts(JsonNode? node) => node switch
    {
        JsonObject all => all.SelectMany(member => Texts(member.Value)),
        JsonArray all => all.SelectMany(Texts),
        JsonValue value when value.TryGetValue<string>(out var text) => [text],
        _ => [],
    };

    [GeneratedRegex(@"\b(body|outputs|actions|items|result)\('([^']+)'\)")]
    private static partial Regex Reference();

    [GeneratedRegex(@"\bparameters\('([^']+)'\)")]
    private static partial Regex Parameter();

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_]*$")]
    private static partial Regex Name();
}
