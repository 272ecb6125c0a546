namespace XdsCanary.CanaryEngine.Delivery;

/// <summary>
/// Bounded queues, one for each key: items of one key are handled in order, one after another; keys do not wait for each other.
/// Whoever posts never waits: when a queue is full its oldest item is dropped. A key without items costs nothing. Thread-safe.
/// </summary>
/// <typeparam name="TKey">Tells the queues apart.</typeparam>
/// <typeparam name="TItem">What is queued.</typeparam>
/// <param name="capacity">How many items may wait for one key.</param>
/// <param name="handle">Handles an item; one that throws counts as failed.</param>
/// <param name="counts">Told of what is dropped and of what throws.</param>
internal sealed class DeliveryLanes<TKey, TItem>(
    int capacity, Func<TKey, TItem, CancellationToken, Task> handle, DeliveryCounts counts) : IAsyncDisposable
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, Lane> _lanes = [];
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Queues an item.</summary>
    /// <param name="key">Whose.</param>
    /// <param name="item">What.</param>
    public void Post(TKey key, TItem item)
    {
        lock (_gate)
        {
            if (_stop.IsCancellationRequested)
            {
                counts.CountDropped();
                return;
            }

            if (!_lanes.TryGetValue(key, out var lane))
            {
                lane = new Lane();
                _lanes.Add(key, lane);
                lane.Worker = Task.Run(() => WorkAsync(key, lane), CancellationToken.None);
            }

            if (lane.Waiting.Count >= capacity)
            {
                lane.Waiting.Dequeue();
                counts.CountDropped();
            }

            lane.Waiting.Enqueue(item);
        }
    }

    /// <summary>Waits until everything posted so far is handled; for the end of the process, when the last words matter.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task WhenIdleAsync(CancellationToken cancellationToken)
    {
        Task[] workers;
        lock (_gate)
        {
            workers = [.. _lanes.Values.Select(lane => lane.Worker)];
        }

        await Task.WhenAll(workers).WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await WhenIdleAsync(CancellationToken.None);
        _stop.Dispose();
    }

    private async Task WorkAsync(TKey key, Lane lane)
    {
        while (TakeOrLeave(key, lane, out var item))
        {
            try
            {
                await handle(key, item, _stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                counts.CountDropped();
            }
            catch (Exception)
            {
                // The items behind it must still get their turn.
                counts.CountFailed();
            }
        }
    }

    private bool TakeOrLeave(TKey key, Lane lane, out TItem item)
    {
        lock (_gate)
        {
            if (!_stop.IsCancellationRequested && lane.Waiting.TryDequeue(out item!))
            {
                return true;
            }

            while (lane.Waiting.TryDequeue(out _))
            {
                counts.CountDropped();
            }

            _lanes.Remove(key);
            item = default!;
            return false;
        }
    }

    private sealed class Lane
    {
        public Queue<TItem> Waiting { get; } = new();

        public Task Worker { get; set; } = Task.CompletedTask;
    }
}
