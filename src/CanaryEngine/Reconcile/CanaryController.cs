using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Observability;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Reconcile;

/// <summary>
/// Looks after all canaries: each is decided about when it is due, when something of it changes and when a person asks for
/// something. One canary is worked on by one round at a time, many side by side; a fault in one stops none (H-32). Runs once at a
/// time; <see cref="LeaderLoop"/> says when.
/// </summary>
/// <param name="catalog">The canaries.</param>
/// <param name="reconciler">Makes the rounds.</param>
/// <param name="effects">Lets go of canaries that are gone.</param>
/// <param name="notices">Drained at the end.</param>
/// <param name="metrics">Counts.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed class CanaryController(
    ICanaryCatalog catalog,
    CanaryReconciler reconciler,
    EffectRunner effects,
    NoticeRunner notices,
    CanaryMetrics metrics,
    TimeProvider time,
    ILogger<CanaryController> logger) : IDisposable
{
    // Rounds mostly wait for answers; so many may wait at once.
    private const int MaxRounds = 256;

    // A look costs about 0.6 ms with its queries: a third of a core at the most.
    private const int LooksPerSecond = 500;

    private static readonly TimeSpan LetGoRetry = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(5);

    private readonly WorkQueue<NamespacedName> _queue = new(time);
    private readonly ConcurrentDictionary<NamespacedName, ConcurrentQueue<PendingVerb>> _verbs = new();
    private readonly ConcurrentDictionary<NamespacedName, int> _failures = new();
    private readonly SemaphoreSlim _slots = new(MaxRounds);
    private readonly LookBudget _looks = new(LooksPerSecond);

    /// <summary>Asks for something on a person's behalf.</summary>
    /// <param name="key">The canary.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="cancellationToken">Ends the wait; what was begun by then is done nevertheless.</param>
    /// <returns>The status after it, and why it was refused if it was; null for a canary that does not exist.</returns>
    public async Task<RoundResult?> AskAsync(NamespacedName key, VerbRequest request, CancellationToken cancellationToken)
    {
        if (catalog.Find(key)?.Spec is null)
        {
            return null;
        }

        var pending = new PendingVerb(
            request, new TaskCompletionSource<RoundResult?>(TaskCreationOptions.RunContinuationsAsynchronously), cancellationToken);
        _verbs.GetOrAdd(key, _ => new ConcurrentQueue<PendingVerb>()).Enqueue(pending);
        _queue.Add(key);
        return await pending.Done.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Looks after the canaries; returns when cancelled, and everybody was told what there was to tell.</summary>
    /// <param name="stoppingToken">Ends it.</param>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        metrics.Leads(true);
        reconciler.Begin();

        var rounds = new ConcurrentDictionary<Task, byte>();
        var changes = FollowAsync(stoppingToken);
        try
        {
            while (true)
            {
                var (key, due) = await TakeAsync(stoppingToken);
                var now = time.GetUtcNow();
                if (_looks.PutOff(key, due, now) is { } later)
                {
                    _queue.Done(key, later);
                    _slots.Release();
                    continue;
                }

                metrics.Taken(now - due);
                var round = Task.Run(() => RoundAsync(key, stoppingToken), CancellationToken.None);
                rounds.TryAdd(round, 0);
                _ = round.ContinueWith(
                    ended => rounds.TryRemove(ended, out _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            metrics.Leads(false);
            await Task.WhenAll([.. rounds.Keys, changes]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            metrics.Forget();
            DropVerbs();
            using var limit = new CancellationTokenSource(DrainLimit, time);
            await notices.DrainAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _slots.Dispose();

    // There is a slot before there is a key, for a key that waits keeps its place in the queue.
    private async Task<(NamespacedName Key, DateTimeOffset Due)> TakeAsync(CancellationToken stoppingToken)
    {
        await _slots.WaitAsync(stoppingToken);
        try
        {
            return await _queue.TakeAsync(stoppingToken);
        }
        catch
        {
            _slots.Release();
            throw;
        }
    }

    private async Task FollowAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            foreach (var key in await catalog.WaitForChangesAsync(stoppingToken))
            {
                _queue.Add(key);
            }
        }
    }

    private async Task RoundAsync(NamespacedName key, CancellationToken stoppingToken)
    {
        DateTimeOffset? due = null;
        var verb = TakeVerb(key);
        try
        {
            due = await ReconcileAsync(key, verb, stoppingToken);
            _failures.TryRemove(key, out _);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            verb?.Done.TrySetCanceled(stoppingToken);
        }
        catch (Exception exception)
        {
            var pause = PauseAfter(_failures.AddOrUpdate(key, 1, (_, count) => count + 1));
            logger.ReconcileFailed(exception, key, pause);
            verb?.Done.TrySetException(exception);
            due = time.GetUtcNow() + pause;
        }
        finally
        {
            var hasMore = _verbs.TryGetValue(key, out var verbs) && !verbs.IsEmpty;
            _queue.Done(key, hasMore ? time.GetUtcNow() : due);
            _slots.Release();
        }
    }

    private async Task<DateTimeOffset?> ReconcileAsync(NamespacedName key, PendingVerb? verb, CancellationToken stoppingToken)
    {
        var entry = catalog.Find(key);
        if (entry is not { Spec: { } spec })
        {
            verb?.Done.TrySetResult(null);
            if (entry is not { IsDeleted: true })
            {
                return null;
            }

            // There is nothing to decide by, but its object must not be kept for ever.
            await effects.LetGoAsync(key, stoppingToken);
            return time.GetUtcNow() + LetGoRetry;
        }

        var result = await reconciler.ReconcileAsync(spec, verb?.Request, entry.IsDeleted, stoppingToken);
        verb?.Done.TrySetResult(result);
        // A target that is not ready yet for its traffic is waited for.
        if (entry.IsDeleted && result.Refusal.Length == 0)
        {
            catalog.Forget(key);
            effects.Forget(key);
            metrics.Forget(spec);
            logger.CanaryGone(key);
            _looks.Forget(key);
            return null;
        }

        return _looks.NextRound(key, result, time.GetUtcNow());
    }

    // What nobody waits for any more is not done: by now it may be about another revision than the one that was meant.
    private PendingVerb? TakeVerb(NamespacedName key)
    {
        while (_verbs.TryGetValue(key, out var verbs) && verbs.TryDequeue(out var verb))
        {
            if (!verb.Gone.IsCancellationRequested)
            {
                return verb;
            }
        }

        return null;
    }

    // The next term may be hours away.
    private void DropVerbs()
    {
        foreach (var key in _verbs.Keys)
        {
            while (TakeVerb(key) is { } verb)
            {
                verb.Done.TrySetResult(new RoundResult(
                    CanaryStatus.Empty, null, "This replica does not look after canaries any more: ask again."));
            }
        }
    }

    private static TimeSpan PauseAfter(int failures)
    {
        var pause = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(failures, 10) - 1));
        return pause < LongestPause ? pause : LongestPause;
    }

    private sealed record PendingVerb(VerbRequest Request, TaskCompletionSource<RoundResult?> Done, CancellationToken Gone);
}
