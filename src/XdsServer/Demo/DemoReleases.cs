using System.Globalization;
using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.XdsServer.Demo;

/// <summary>A version that the demo brings out.</summary>
/// <param name="Version">Its name.</param>
/// <param name="Port">Its loopback port.</param>
/// <param name="IsGood">Whether it should be promoted.</param>
/// <param name="Nature">How it behaves, for people.</param>
internal sealed record DemoRelease(string Version, int Port, bool IsGood, string Nature);

/// <summary>
/// The second and third scene: versions of the service are brought out by editing its endpoints, and the canary promotes them
/// or rolls them back.
/// </summary>
/// <param name="watch">Follows the canary.</param>
/// <param name="manifests">Takes the versions.</param>
/// <param name="load">Counts the requests.</param>
/// <param name="board">Shows what happens.</param>
/// <param name="pace">How fast the canary goes.</param>
/// <param name="time">The clock.</param>
internal sealed class DemoReleases(
    CanaryWatch watch, DemoManifests manifests, ILoadWindow load, ICanaryBoard board, CanaryPace pace, TimeProvider time)
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan RunLimit = TimeSpan.FromSeconds(60);

    // Envoy acknowledges on its main thread, just after it has handed the routes to its worker threads; this is for those.
    private static readonly TimeSpan WorkerPause = TimeSpan.FromMilliseconds(50);

    /// <summary>Puts the service under the canary.</summary>
    /// <param name="serving">The version that serves now.</param>
    /// <param name="port">Its loopback port.</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    /// <returns>False when the canary did not get ready.</returns>
    public async Task<bool> PrepareAsync(string serving, int port, CancellationToken cancellationToken)
    {
        var isReady = false;
        await board.ShowAsync($"The service shop is at {serving}; a Canary takes it over.", async _ =>
        {
            manifests.StartCanary(port, pace);
            isReady = await watch.BecomesReadyAsync(ReadyLimit, cancellationToken);
        });
        if (!isReady)
        {
            board.Conclude($"The canary was not initialized within {ReadyLimit.TotalSeconds} s.", good: false);
        }

        return isReady;
    }

    /// <summary>Brings a version out and sees it through.</summary>
    /// <param name="release">The version.</param>
    /// <param name="serving">The version that serves now.</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    /// <returns>True when it ended as it should.</returns>
    public async Task<bool> RunAsync(DemoRelease release, string serving, CancellationToken cancellationToken)
    {
        var outcome = new WatchedRun(null, null, TimeSpan.Zero);
        await board.ShowAsync($"Editing endpoints-shop.yaml: {release.Version}, {release.Nature}.", async show =>
        {
            var before = watch.Last;
            load.Reset();
            manifests.SetTarget(release.Port);
            outcome = await watch.FollowAsync(release.Version, before, RunLimit, show, cancellationToken);
        });
        var during = load.Read();
        await Task.Delay(WorkerPause, time, cancellationToken);
        // The old window is still read afterwards: slow requests of the run end after it.
        var late = load.Keep();
        load.Reset();
        await Task.Delay(pace.Recovery, time, cancellationToken);
        var after = load.Read();
        var fault = Judge(release, outcome.Record, during, after, release.IsGood ? release.Version : serving);
        board.Conclude(
            fault ?? (release.IsGood ? Promoted(release, outcome, late()) : RolledBack(release, outcome, late(), after, serving)),
            good: fault is null);
        return fault is null;
    }

    /// <summary>Judges a run.</summary>
    /// <param name="release">The version.</param>
    /// <param name="record">How the run ended; null when it did not.</param>
    /// <param name="during">The requests of the run.</param>
    /// <param name="after">The requests after it.</param>
    /// <param name="serving">The version that should answer them.</param>
    /// <returns>The fault; null when all is well.</returns>
    internal static string? Judge(
        DemoRelease release, RunRecord? record, LoadCounts during, LoadCounts after, string serving)
    {
        var expected = release.IsGood ? CanaryPhase.Succeeded : CanaryPhase.Failed;
        if (record?.Phase != expected)
        {
            return record is null
                ? $"The run of {release.Version} did not end within {RunLimit.TotalSeconds} s."
                : $"The run of {release.Version} ended {record.Phase}, not {expected}: {record.Message}";
        }

        if (release.IsGood && during.Failed > 0)
        {
            return $"{during.Failed} of {during.Requests} requests failed while {release.Version} was brought out.";
        }

        var right = after.ByVersion.GetValueOrDefault(serving);
        return after.Requests > 0 && after.Failed == 0 && right == after.Requests
            ? null
            : $"Afterwards {right} of {after.Requests} requests were answered by {serving}, and {after.Failed} failed "
                + $"({after.Statuses()}).";
    }

    private static string Promoted(DemoRelease release, WatchedRun run, LoadCounts counts) => string.Create(
        CultureInfo.InvariantCulture,
        $"{release.Version} was promoted in {run.Took.TotalSeconds:F1} s. None of {counts.Requests:N0} requests failed; "
        + $"now all answers come from {release.Version}.");

    private string RolledBack(DemoRelease release, WatchedRun run, LoadCounts counts, LoadCounts after, string serving)
    {
        var hit = counts.ByVersion.GetValueOrDefault(release.Version);
        var took = run.ZeroAt is { } zero && counts.FirstSent.TryGetValue(release.Version, out var first)
            ? time.GetElapsedTime(first, zero).TotalMilliseconds
            : 0;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{release.Version} was rolled back: weight 0 acknowledged {took:F0} ms after the first bad request; {hit:N0} of "
            + $"{counts.Requests:N0} requests hit it. Since then all {after.Requests:N0} answers are good and come from {serving}.");
    }
}
