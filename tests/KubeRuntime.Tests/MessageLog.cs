using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace XdsCanary.KubeRuntime.Tests;

/// <summary>Remembers what was said.</summary>
internal sealed class MessageLog<T> : ILogger<T>
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> _messages = new();

    public IEnumerable<string> Warnings => _messages.Where(item => item.Level == LogLevel.Warning).Select(item => item.Text);

    public IEnumerable<string> Errors => _messages.Where(item => item.Level >= LogLevel.Error).Select(item => item.Text);

    public IEnumerable<string> All => _messages.Select(item => item.Text);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _messages.Enqueue((logLevel, formatter(state, exception)));
}
