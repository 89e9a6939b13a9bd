using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace AcquireInfra.Enrichment.Client.Tests;

/// <summary>Keeps what is logged.</summary>
internal sealed class LogLines : ILoggerProvider, ILogger
{
    readonly ConcurrentQueue<(EventId Event, LogLevel Level, string Text, Exception? Exception)> _lines = new();

    public IReadOnlyList<(EventId Event, LogLevel Level, string Text, Exception? Exception)> Lines => [.. _lines];

    public IEnumerable<(EventId Event, LogLevel Level, string Text, Exception? Exception)> Of(int id) => _lines.Where(line => line.Event.Id == id);

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue((eventId, logLevel, formatter(state, exception), exception));

    public void Dispose()
    {
    }
}
