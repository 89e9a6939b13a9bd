using System.Text.Json.Nodes;

namespace AcquireInfra.Enrichment.Sentinel.Tests.Playbooks;

/// <summary>A request that an action sends.</summary>
/// <param name="Connection">Of a managed connector; null for plain HTTP.</param>
internal sealed record Sent(string Action, string Method, string Url, JsonObject Headers, JsonNode? Body, JsonObject? Authentication, string? Connection);

/// <param name="Status">HTTP status; 0 where nobody answers in time.</param>
internal sealed record Received(int Status, JsonNode? Body)
{
    public static Received Ok(JsonNode? body = null) => new(200, body);
}

/// <summary>
/// Runs a workflow definition: what our playbooks have of triggers and actions, one action after another. Retries are done at once.
/// </summary>
/// <param name="send">What everything outside answers.</param>
internal sealed class WorkflowRun(JsonObject definition, IReadOnlyDictionary<string, JsonNode?> parameters, Func<Sent, Task<Received>> send)
{
    static readonly string[] Undone = ["Failed", "TimedOut"];

    readonly Dictionary<string, JsonNode?> _outputs = [];
    readonly Dictionary<string, JsonNode> _variables = [];
    readonly Stack<(string Name, JsonNode? Item)> _loops = new();
    JsonNode? _trigger;
    JsonNode? _item;
    string? _terminated;
    WorkflowExpression? _expressions;

    WorkflowExpression Expressions => _expressions ??= new(Call);

    public DateTimeOffset Now { get; init; } = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    /// <summary>By action; those of a loop are of its last round.</summary>
    public Dictionary<string, string> Statuses { get; } = [];

    /// <summary>Why actions failed that sent nothing.</summary>
    public List<string> Faults { get; } = [];

    public List<Sent> Requests { get; } = [];

    /// <returns>Succeeded or Failed.</returns>
    public async Task<string> RunAsync(JsonNode? triggerBody)
    {
        _trigger = triggerBody;
        var status = await RunAllAsync(definition["actions"]!.AsObject());
        return _terminated ?? status;
    }

    async Task<string> RunAllAsync(JsonObject actions)
    {
        var waiting = actions.ToDictionary(action => action.Key, action => action.Value!.AsObject());
        foreach (var name in waiting.Keys)
        {
            Statuses.Remove(name);
        }
        while (waiting.Count > 0 && _terminated is null)
        {
            var (name, action) = waiting.First(pair => RunAfter(pair.Value).All(before => Statuses.ContainsKey(before.Key) && actions.ContainsKey(before.Key)));
            waiting.Remove(name);
            var isDue = RunAfter(action).All(before => before.Value!.AsArray().Any(status => (string?)status == Statuses[before.Key]));
            Statuses[name] = isDue ? await RunOneAsync(name, action) : Skip(name, action);
        }
        // The last of each branch decides; where it was skipped, the one before it.
        var leaves = actions.Where(action => !actions.Any(other => RunAfter(other.Value!.AsObject()).ContainsKey(action.Key)));
        return leaves.Any(leaf => Undone.Contains(Effective(leaf.Key, actions))) ? "Failed" : "Succeeded";
    }

    string Effective(string name, JsonObject actions)
    {
        var status = Statuses.GetValueOrDefault(name, "Skipped");
        return status != "Skipped" ? status
            : RunAfter(actions[name]!.AsObject()).Select(before => Effective(before.Key, actions)).Any(before => Undone.Contains(before)) ? "Failed"
            : "Skipped";
    }

    // What is inside has no outputs either.
    string Skip(string name, JsonObject action)
    {
        _outputs[name] = null;
        foreach (var inside in Inside(action).SelectMany(actions => actions))
        {
            Statuses[inside.Key] = Skip(inside.Key, inside.Value!.AsObject());
        }
        return "Skipped";
    }

    static IEnumerable<JsonObject> Inside(JsonObject action) =>
        ((JsonNode?[])[action["actions"], action["else"]?["actions"]]).OfType<JsonObject>();

    static JsonObject RunAfter(JsonObject action) => action["runAfter"] as JsonObject ?? [];

    async Task<string> RunOneAsync(string name, JsonObject action)
    {
        try
        {
            _outputs[name] = null;
            var inputs = action["inputs"];
            switch ((string?)action["type"])
            {
                case "Http" or "ApiConnection":
                    return await SendAsync(name, Expressions.Evaluate(inputs)!.AsObject());
                case "If":
                    var branch = IsTrue(action["expression"]!.AsObject()) ? action["actions"] : action["else"]?["actions"];
                    var other = ReferenceEquals(branch, action["actions"]) ? action["else"]?["actions"] : action["actions"];
                    Skip(name, new JsonObject { ["actions"] = other?.DeepClone() });
                    return await RunAllAsync(branch as JsonObject ?? []);
                case "Foreach":
                    return await RunEachAsync(name, action);
                case "Scope":
                    return await RunAllAsync(action["actions"]!.AsObject());
                case "Select":
                    SetBody(name, new JsonArray([.. From(inputs).Select(item => WithItem(item, () => Expressions.Evaluate(inputs!["select"]))?.DeepClone())]));
                    return "Succeeded";
                case "Query":
                    SetBody(name, new JsonArray([.. From(inputs).Where(item => (bool)WithItem(item, () => Expressions.Evaluate(inputs!["where"]))!).Select(item => item?.DeepClone())]));
                    return "Succeeded";
                case "Compose":
                    _outputs[name] = Expressions.Evaluate(inputs);
                    return "Succeeded";
                case "InitializeVariable":
                    _variables.Add((string)inputs!["variables"]![0]!["name"]!, Expressions.Evaluate(inputs["variables"]![0]!["value"])!.DeepClone());
                    return "Succeeded";
                case "AppendToArrayVariable":
                    _variables[(string)inputs!["name"]!].AsArray().Add(Expressions.Evaluate(inputs["value"])!.DeepClone());
                    return "Succeeded";
                case "IncrementVariable":
                    _variables[(string)inputs!["name"]!] = (long)WorkflowFunctions.Call("add", [_variables[(string)inputs["name"]!], Expressions.Evaluate(inputs["value"])], Now)!;
                    return "Succeeded";
                case "Terminate":
                    _terminated = (string?)inputs!["runStatus"];
                    return "Succeeded";
                case var unknown:
                    throw new NotSupportedException($"{name}: {unknown}");
            }
        }
        catch (WorkflowException exception)
        {
            Faults.Add($"{name}: {exception.Message}");
            return "Failed";
        }
    }

    async Task<string> RunEachAsync(string name, JsonObject action)
    {
        var statuses = new List<string>();
        foreach (var item in Expressions.Evaluate(action["foreach"]) as JsonArray ?? throw new WorkflowException("A loop wants an array."))
        {
            _loops.Push((name, item));
            statuses.Add(await RunAllAsync(action["actions"]!.AsObject()));
            _loops.Pop();
            if (_terminated is not null)
            {
                break;
            }
        }
        return statuses.Contains("Failed") ? "Failed" : "Succeeded";
    }

    async Task<string> SendAsync(string name, JsonObject inputs)
    {
        var retries = (string?)inputs["retryPolicy"]?["type"] == "none" ? 0 : (int?)inputs["retryPolicy"]?["count"] ?? 4;
        var connection = (string?)inputs["host"]?["connection"]?["name"];
        var sent = new Sent(
            name, ((string)inputs["method"]!).ToUpperInvariant(), (string?)inputs["uri"] ?? (string)inputs["path"]!, inputs["headers"] as JsonObject ?? [], inputs["body"],
            inputs["authentication"] as JsonObject, connection);
        Received received;
        do
        {
            Requests.Add(sent);
            received = await send(sent);
        }
        while (received.Status is 0 or 408 or 429 or >= 500 && retries-- > 0);
        if (received.Status == 0)
        {
            return "TimedOut"; // without outputs
        }
        _outputs[name] = new JsonObject { ["statusCode"] = received.Status, ["headers"] = new JsonObject(), ["body"] = received.Body?.DeepClone() };
        return received.Status < 400 ? "Succeeded" : "Failed";
    }

    bool IsTrue(JsonObject condition)
    {
        var (name, operand) = condition.Single();
        return name switch
        {
            "and" => operand!.AsArray().All(part => IsTrue(part!.AsObject())),
            "or" => operand!.AsArray().Any(part => IsTrue(part!.AsObject())),
            "not" => !IsTrue(operand!.AsObject()),
            _ => (bool)WorkflowFunctions.Call(name, [.. operand!.AsArray().Select(Expressions.Evaluate)], Now)!,
        };
    }

    JsonArray From(JsonNode? inputs) => Expressions.Evaluate(inputs!["from"]) as JsonArray ?? throw new WorkflowException("An array is wanted.");

    JsonNode? WithItem(JsonNode? item, Func<JsonNode?> evaluate)
    {
        var before = _item;
        _item = item;
        var value = evaluate();
        _item = before;
        return value;
    }

    void SetBody(string name, JsonNode? body) => _outputs[name] = new JsonObject { ["body"] = body };

    JsonNode? Call(string name, IReadOnlyList<JsonNode?> given) => name switch
    {
        "triggerBody" => _trigger,
        "parameters" => parameters.TryGetValue(Name(given), out var value) ? value : throw new WorkflowException($"There is no parameter {Name(given)}."),
        "outputs" => _outputs.TryGetValue(Name(given), out var outputs) ? outputs : throw new WorkflowException($"{Name(given)} has not run."),
        "body" => _outputs.TryGetValue(Name(given), out var outputs) ? outputs?["body"] : throw new WorkflowException($"{Name(given)} has not run."),
        "variables" => _variables[Name(given)],
        "item" => _item ?? _loops.Peek().Item,
        "items" => _loops.First(loop => loop.Name == Name(given)).Item,
        _ => WorkflowFunctions.Call(name, given, Now),
    };

    static string Name(IReadOnlyList<JsonNode?> given) => (string)given[0]!;
}
