using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using XdsCanary.LoadTester.Observability;

namespace XdsCanary.LoadTester.Tasks;

/// <summary>
/// Tasks that nobody waits for. The same work of the same canary runs once at a time. Results are kept for those who ask, the
/// last ones only. Thread-safe.
/// </summary>
/// <param name="logger">Told of beginnings and ends.</param>
internal sealed class BackgroundTasks(ILogger logger) : IAsyncDisposable
{
    private const int MostKept = 1000;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Canary, string Work), string> _running = [];
    private readonly ConcurrentDictionary<string, Task<TaskResult>> _tasks = new();
    private readonly Queue<string> _ids = new();
    private readonly CancellationTokenSource _stop = new();
    private long _started;

    /// <summary>Begins work, unless it is under way.</summary>
    /// <param name="canary">Whose.</param>
    /// <param name="work">Tells the same work from other work.</param>
    /// <param name="run">Does it.</param>
    /// <returns>The id to ask for its result with.</returns>
    public string Start(string canary, string work, Func<CancellationToken, Task<TaskResult>> run)
    {
        lock (_lock)
        {
            if (_running.TryGetValue((canary, work), out var running))
            {
                logger.TaskSkipped(canary, work);
                return running;
            }

            var id = $"{++_started}";
            _running.Add((canary, work), id);
            _ids.Enqueue(id);
            _tasks[id] = Task.Run(() => RunAsync(canary, work, run), CancellationToken.None);
            Forget();
            return id;
        }
    }

    /// <summary>Finds work that was begun.</summary>
    /// <param name="id">Its id.</param>
    /// <returns>The work; null when there is none of that id, or its result was forgotten.</returns>
    public Task<TaskResult>? Find(string id) => _tasks.GetValueOrDefault(id);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_tasks.Values);
        _stop.Dispose();
    }

    private void Forget()
    {
        while (_ids.Count > MostKept && _tasks[_ids.Peek()].IsCompleted)
        {
            _tasks.TryRemove(_ids.Dequeue(), out _);
        }
    }

    private async Task<TaskResult> RunAsync(string canary, string work, Func<CancellationToken, Task<TaskResult>> run)
    {
        logger.TaskStarted(canary, work);
        TaskResult result;
        try
        {
            result = await run(_stop.Token);
        }
        catch (Exception fault)
        {
            // Nobody awaits this task; its end must be seen all the same.
            result = new TaskResult(false, string.Empty, fault.Message);
        }

        lock (_lock)
        {
            _running.Remove((canary, work));
        }

        if (result.Passed)
        {
            logger.TaskSucceeded(canary, work);
        }
        else
        {
            logger.TaskFailed(canary, result.Reason);
        }

        return result;
    }
}
