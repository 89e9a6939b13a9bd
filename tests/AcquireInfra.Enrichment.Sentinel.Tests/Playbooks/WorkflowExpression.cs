using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace AcquireInfra.Enrichment.Sentinel.Tests.Playbooks;

/// <summary>
/// Expressions of Logic Apps' workflow definition language: <c>@body('A')?['b']</c>, and texts with <c>@{…}</c> in them. Stricter than the
/// engine where that is not sure: names of members have one case, and both branches of <c>if</c> are worked out.
/// </summary>
/// <param name="call">A function by its name, with its arguments.</param>
internal sealed class WorkflowExpression(Func<string, IReadOnlyList<JsonNode?>, JsonNode?> call)
{
    /// <summary>Works out all expressions of a value.</summary>
    public JsonNode? Evaluate(JsonNode? node) => node switch
    {
        JsonObject all => new JsonObject(all.Select(member => KeyValuePair.Create(member.Key, Evaluate(member.Value)?.DeepClone()))),
        JsonArray all => new JsonArray([.. all.Select(element => Evaluate(element)?.DeepClone())]),
        JsonValue value when value.TryGetValue<string>(out var text) => EvaluateText(text),
        _ => node,
    };

    JsonNode? EvaluateText(string text)
    {
        if (text.StartsWith("@@", StringComparison.Ordinal))
        {
            return text[1..];
        }
        if (text.StartsWith('@') && !text.StartsWith("@{", StringComparison.Ordinal))
        {
            return new Reader(text[1..], call).ReadWhole();
        }
        var result = new StringBuilder();
        for (var at = 0; at < text.Length;)
        {
            var start = text.IndexOf("@{", at, StringComparison.Ordinal);
            if (start < 0)
            {
                result.Append(text.AsSpan(at));
                break;
            }
            result.Append(text.AsSpan(at, start - at));
            var reader = new Reader(text[(start + 2)..], call);
            result.Append(TextOf(reader.ReadExpression()));
            at = start + 2 + reader.Expect('}');
        }
        return result.ToString();
    }

    /// <summary>A value inside a text: nothing for null, JSON for what is no text.</summary>
    public static string TextOf(JsonNode? value) => value switch
    {
        null => "",
        JsonValue text when text.TryGetValue<string>(out var given) => given,
        _ => value.ToJsonString(Relaxed),
    };

    static readonly System.Text.Json.JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    sealed class Reader(string text, Func<string, IReadOnlyList<JsonNode?>, JsonNode?> call)
    {
        int _at;

        public JsonNode? ReadWhole()
        {
            var value = ReadExpression();
            SkipBlanks();
            return _at == text.Length ? value : throw Wrong("more than one expression");
        }

        public int Expect(char wanted)
        {
            SkipBlanks();
            return _at < text.Length && text[_at] == wanted ? ++_at : throw Wrong($"no '{wanted}'");
        }

        public JsonNode? ReadExpression()
        {
            SkipBlanks();
            var value = ReadPrimary();
            while (true)
            {
                var isSafe = Take('?');
                if (Take('['))
                {
                    var index = ReadExpression();
                    Expect(']');
                    value = MemberOf(value, index, isSafe);
                }
                else if (isSafe)
                {
                    throw Wrong("? without [");
                }
                else
                {
                    return value;
                }
            }
        }

        JsonNode? ReadPrimary()
        {
            if (Take('\''))
            {
                return ReadText();
            }
            var start = _at;
            while (_at < text.Length && (char.IsLetterOrDigit(text[_at]) || text[_at] is '.' or '-' or '_'))
            {
                _at++;
            }
            var word = text[start.._at];
            if (Take('('))
            {
                return call(word, ReadArguments());
            }
            return word switch
            {
                "true" => true,
                "false" => false,
                "null" => null,
                _ when long.TryParse(word, CultureInfo.InvariantCulture, out var number) => number,
                _ => throw Wrong($"'{word}' is nothing"),
            };
        }

        List<JsonNode?> ReadArguments()
        {
            var arguments = new List<JsonNode?>();
            SkipBlanks();
            if (Take(')'))
            {
                return arguments;
            }
            do
            {
                arguments.Add(ReadExpression());
                SkipBlanks();
            }
            while (Take(','));
            Expect(')');
            return arguments;
        }

        // A quote inside is written twice.
        string ReadText()
        {
            var result = new StringBuilder();
            while (_at < text.Length)
            {
                var character = text[_at++];
                if (character == '\'' && !Take('\''))
                {
                    return result.ToString();
                }
                result.Append(character);
            }
            throw Wrong("a text without end");
        }

        JsonNode? MemberOf(JsonNode? value, JsonNode? index, bool isSafe) => (value, index) switch
        {
            (null, _) when isSafe => null,
            (JsonObject all, JsonValue name) when name.TryGetValue<string>(out var key) => all.TryGetPropertyValue(key, out var member) ? member
                : isSafe ? null : throw Wrong($"no member '{key}'"),
            (JsonArray all, JsonValue number) when number.TryGetValue<long>(out var position) => position < all.Count ? all[(int)position]
                : isSafe ? null : throw Wrong($"no element {position}"),
            _ => throw Wrong($"{index?.ToJsonString()} of {value?.ToJsonString() ?? "null"}"),
        };

        bool Take(char wanted)
        {
            if (_at >= text.Length || text[_at] != wanted)
            {
                return false;
            }
            _at++;
            return true;
        }

        void SkipBlanks()
        {
            while (_at < text.Length && char.IsWhiteSpace(text[_at]))
            {
                _at++;
            }
        }

        WorkflowException Wrong(string what) => new($"{what}, at {_at} of: {text}");
    }
}

/// <summary>An action cannot be done: it fails, as in the engine.</summary>
internal sealed class WorkflowException(string message) : Exception(message);
