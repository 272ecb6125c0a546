using System.Collections.Immutable;
using System.Globalization;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.XdsServer.Demo;

/// <summary>
/// The first scene of the demo: shifts traffic in four steps, waits at each until every proxy has acknowledged the weights,
/// and only then counts, to show that an acknowledged weight is a live one.
/// </summary>
/// <param name="probe">Knows which weights are acknowledged.</param>
/// <param name="weights">Takes the weights wanted.</param>
/// <param name="load">Counts the requests.</param>
/// <param name="report">Shows what happens.</param>
/// <param name="time">The clock.</param>
internal sealed class DemoScene1(
    IConvergenceProbe probe, ITrafficWeights weights, ILoadWindow load, ISceneReport report, TimeProvider time)
{
    private const int EnoughRequests = 1200;

    private static readonly NamespacedName Service = new(DemoManifests.Namespace, DemoManifests.Service);
    private static readonly TimeSpan AcknowledgementLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ObservationLimit = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan ProbePause = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan ShowPause = TimeSpan.FromMilliseconds(100);

    // Envoy acknowledges on its main thread, just after it has handed the routes to its worker threads; this is for those.
    private static readonly TimeSpan WorkerPause = TimeSpan.FromMilliseconds(25);

    /// <summary>The steps.</summary>
    public static ImmutableArray<SceneStep> Steps { get; } = [new(100, 0), new(75, 25), new(50, 50), new(0, 100)];

    /// <summary>Runs the scene.</summary>
    /// <param name="dataPlane">What routes the requests, for the heading, for example <c>Envoy 1.40.0</c>.</param>
    /// <param name="cancellationToken">Breaks the scene off.</param>
    /// <returns>The exit code: 0 when all went well, else 1.</returns>
    public async Task<int> RunAsync(string dataPlane, CancellationToken cancellationToken)
    {
        var fault = await report.ShowAsync(
            $"Shifting traffic from {DemoManifests.V1} to {DemoManifests.V2}. Data plane: {dataPlane}",
            show => RunStepsAsync(show, cancellationToken));
        report.Conclude(
            fault ?? "No request failed, and each acknowledged weight was the weight seen in the traffic.", good: fault is null);
        return fault is null ? 0 : 1;
    }

    private async Task<string?> RunStepsAsync(Action<SceneRow, bool> show, CancellationToken cancellationToken)
    {
        for (var index = 0; index < Steps.Length; index++)
        {
            if (await RunStepAsync(index + 1, Steps[index], show, cancellationToken) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    private async Task<string?> RunStepAsync(
        int number, SceneStep step, Action<SceneRow, bool> show, CancellationToken cancellationToken)
    {
        show(SceneRow.Create(number, step, probe.Describe(Service).Acknowledged, LoadCounts.None, null), false);
        var started = time.GetTimestamp();
        weights.SetWeights(step.V1, step.V2);
        if (!await AcknowledgedAsync(step, started, cancellationToken))
        {
            return NotAcknowledged(step, probe.Describe(Service));
        }

        var toAcknowledgement = time.GetElapsedTime(started);
        await Task.Delay(WorkerPause, time, cancellationToken);
        load.Reset();
        var counts = await ObserveAsync(
            seen => show(SceneRow.Create(number, step, probe.Describe(Service).Acknowledged, seen, toAcknowledgement), false),
            cancellationToken);
        show(SceneRow.Create(number, step, probe.Describe(Service).Acknowledged, counts, toAcknowledgement), true);
        return Judge(step, counts);
    }

    private async Task<bool> AcknowledgedAsync(SceneStep step, long started, CancellationToken cancellationToken)
    {
        while (probe.Describe(Service) is var now && !(now.IsLive && step.Is(now.Wanted)))
        {
            if (time.GetElapsedTime(started) >= AcknowledgementLimit)
            {
                return false;
            }

            await Task.Delay(ProbePause, time, cancellationToken);
        }

        return true;
    }

    private async Task<LoadCounts> ObserveAsync(Action<LoadCounts> show, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (load.Read() is var counts)
        {
            if (counts.Requests >= EnoughRequests || time.GetElapsedTime(started) >= ObservationLimit)
            {
                return counts;
            }

            show(counts);
            await Task.Delay(ShowPause, time, cancellationToken);
        }

        return LoadCounts.None;
    }

    /// <summary>Judges what was seen at a step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="counts">What was seen.</param>
    /// <returns>The fault; null when all is well.</returns>
    internal static string? Judge(SceneStep step, LoadCounts counts)
    {
        if (counts.Requests == 0)
        {
            return $"At {step} no request was answered.";
        }

        if (counts.Failed > 0)
        {
            var statuses = string.Join(
                ", ", counts.ByStatus.OrderBy(entry => entry.Key).Select(entry => $"{entry.Value} x {entry.Key}"));
            return $"At {step} {counts.Failed} of {counts.Requests} requests failed (answers: {statuses}).";
        }

        var hits = counts.ByVersion.GetValueOrDefault("v1");
        return ShareCheck.Fits(hits, counts.Requests, step.ShareV1)
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"At {step} {hits} of {counts.Requests} requests went to v1: more than {ShareCheck.Sigmas} sigma off.");
    }

    private static string NotAcknowledged(SceneStep step, ServiceConvergence state)
    {
        if (state.Proxies == 0)
        {
            return $"No proxy that routes {Service} was connected within {AcknowledgementLimit.TotalSeconds} s.";
        }

        if (!step.Is(state.Wanted))
        {
            return $"The control plane did not take up {step} within {AcknowledgementLimit.TotalSeconds} s.";
        }

        var lagging = state.Lagging.Select(proxy =>
            proxy.Rejection is { } why ? $"{proxy.Node} rejected it: {why}" : $"{proxy.Node} has not answered");
        return $"{step} was not acknowledged within {AcknowledgementLimit.TotalSeconds} s: {string.Join("; ", lagging)}.";
    }
}
