namespace XdsCanary.TestKit.Processes;

/// <summary>
/// What a program printed, both streams, in order of arrival. Thread-safe; the oldest lines go when it gets long.
/// </summary>
public sealed class ProcessLog
{
    private const int Capacity = 50_000;

    private readonly Lock _gate = new();
    private readonly Queue<string> _lines = new();

    /// <summary>All lines kept.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>The last lines as one text.</summary>
    public string Tail(int count = 60) => string.Join('\n', Lines.TakeLast(count));

    internal void Add(string line)
    {
        lock (_gate)
        {
            _lines.Enqueue(line);
            if (_lines.Count > Capacity)
            {
                _lines.Dequeue();
            }
        }
    }
}
