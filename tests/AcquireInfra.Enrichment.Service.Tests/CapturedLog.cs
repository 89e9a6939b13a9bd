using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace AcquireInfra.Enrichment.Service.Tests;

/// <summary>One line of the log.</summary>
/// <param name="Text">Level, category, message, every field and the exception: all that any formatter could print.</param>
internal sealed record LogLine(EventId Event, string Text);

internal sealed class CapturedLog : ILoggerProvider
{
    readonly ConcurrentQueue<LogLine> _lines = [];

    public IReadOnlyCollection<LogLine> Lines => _lines;

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _lines);

    public void Dispose()
    {
    }

    sealed class Logger(string category, ConcurrentQueue<LogLine> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var fields = state is IEnumerable<KeyValuePair<string, object?>> pairs ? string.Join(' ', pairs) : "";
            lines.Enqueue(new(eventId, $"{logLevel} {category} {formatter(state, exception)} {fields} {exception}"));
        }
    }
}
