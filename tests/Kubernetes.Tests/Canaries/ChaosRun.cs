using System.Globalization;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Cluster;

namespace XdsCanary.Kubernetes.Tests.Canaries;

/// <summary>One promotion with disturbances, in a namespace of its own.</summary>
/// <param name="chaos">The cluster.</param>
/// <param name="place">The namespace.</param>
internal sealed class ChaosRun(ChaosCluster chaos, CanaryPlace place)
{
    private const string Next = "podinfo:6.0.1";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Runs it.</summary>
    /// <param name="disturbances">What happens meanwhile.</param>
    /// <returns>What it was like, and what was wrong with it; null when nothing was.</returns>
    public async Task<(string Figures, string? Fault)> PlayAsync(IReadOnlyList<Disturbance> disturbances)
    {
        await place.ApplyAsync(CanaryYaml.Deployment(deadline: CanaryYaml.OutageDeadline, drain: CanaryYaml.OutageDrain));
        await place.ApplyAsync(CanaryYaml.Canary($"stepWeight: 20, maxWeight: 60, {CanaryYaml.Metrics}", deadline: CanaryYaml.OutageDeadline));
        // The cluster's own controllers pause for a minute and more after the outages of the run before.
        await place.PhaseAsync("Initialized", TimeSpan.FromMinutes(4));
        await chaos.LiveAsync($"{place.Name}/podinfo", ("podinfo-primary", 100), ("podinfo-canary", 0));
        await using var load = chaos.Load($"podinfo.{place.Name}");
        await using var phases = await PhasesAsync();
        await place.ReleaseAsync(Next);

        var started = TimeProvider.System.GetTimestamp();
        var moments = await Task.WhenAll(disturbances.Select(disturbance => DisturbAsync(disturbance, load, phases)));
        var fault = await FaultAsync(moments);
        var took = TimeProvider.System.GetElapsedTime(started);
        var (requests, torn, failures) = await load.StopAsync();
        if (failures.Count > 0)
        {
            fault = $"{fault} failed requests {string.Join("; ", failures)}".TrimStart();
        }

        return ($"{string.Join(", ", moments.OrderBy(moment => moment.At))}: "
            + string.Create(CultureInfo.InvariantCulture, $"{took.TotalSeconds:0.0} s, {requests} requests, {torn} torn by a kill, ")
            + $"{failures.Count} rounds with failures", fault);
    }

    /// <summary>Takes the canary away, so that its pods are no load for the next run.</summary>
    public async Task EndAsync()
    {
        await place.Api.DeleteAsync(place.Path("flagger.app/v1beta1", "canaries", "podinfo"));
        await place.Api.DeleteAsync(place.Path("apps/v1", "deployments", "podinfo"));
    }

    /// <summary>Keeps what explains a run that went wrong.</summary>
    /// <param name="name">The name of the folder.</param>
    public async Task KeepAsync(string name)
    {
        var folder = Directory.CreateDirectory(RepositoryPaths.Combine("artifacts", "chaos", name)).FullName;
        foreach (var (replica, index) in chaos.Pair.Replicas.Select((replica, index) => (replica, index)))
        {
            await File.WriteAllLinesAsync(Path.Combine(folder, $"replica-{index + 1}.log"), [.. chaos.Pair.LogsOf(index), .. replica.Log.Lines]);
        }

        await File.WriteAllTextAsync(Path.Combine(folder, "canary.json"), $"{await chaos.Cluster.Api.TryGetAsync(place.Path("flagger.app/v1beta1", "canaries", "podinfo"))}");
        await File.WriteAllLinesAsync(Path.Combine(folder, "events.txt"), await EventsAsync());
        var run = await chaos.Cluster.Kubectl.RunAsync("-n", place.Name, "get", "deployments,pods,endpointslices,trafficsplits", "-o", "yaml");
        await File.WriteAllTextAsync(Path.Combine(folder, "objects.yaml"), run.ToString());
    }

    private async Task<IEnumerable<string>> EventsAsync() =>
        (await place.Api.ListAsync($"/apis/events.k8s.io/v1/namespaces/{place.Name}/events"))
            .OrderBy(item => item.Text("eventTime") ?? item.Text("deprecatedLastTimestamp"), StringComparer.Ordinal)
            .Select(item => $"{item.Text("eventTime") ?? item.Text("deprecatedLastTimestamp")} {item.Text("regarding", "name")} {item.Text("note")}");

    private Task<ObjectWatch<string>> PhasesAsync() => ObjectWatch<string>.StartAsync(
        place.Api,
        $"/apis/flagger.app/v1beta1/namespaces/{place.Name}/canaries",
        "podinfo",
        canary => canary.Text("status", "phase") ?? "None");

    // At the drawn instant, or some time after the primary has begun to take the new revision over, whichever is sooner: on a machine
    // that is faster than another, the drawn one may come after the end.
    private async Task<ChaosMoment> DisturbAsync(Disturbance disturbance, ChaosLoad load, ObjectWatch<string> phases)
    {
        var released = TimeProvider.System.GetTimestamp();
        await await Task.WhenAny(PauseAsync(disturbance.At), LatestAsync(disturbance, phases));
        var end = await chaos.DisturbAsync(disturbance, load);
        var (after, at) = (TimeProvider.System.GetElapsedTime(released), TimeProvider.System.GetUtcNow());
        await PauseAsync(disturbance.Lasts);
        await end();
        return new ChaosMoment(disturbance, after, at, phases.All.Last(seen => seen.At <= at).Value);
    }

    private static async Task LatestAsync(Disturbance disturbance, ObjectWatch<string> phases)
    {
        await phases.BecomesAsync(phase => phase is "Promoting" or "Finalising");
        await PauseAsync(disturbance.Latest);
    }

    private static Task PauseAsync(TimeSpan time) => Task.Delay(time, TimeProvider.System, TestContext.Current.CancellationToken);

    private async Task<string?> FaultAsync(IReadOnlyList<ChaosMoment> moments)
    {
        await chaos.RecoversAsync();
        try
        {
            var canary = await place.CanaryAsync(found => found.Text("status", "phase") is "Succeeded" or "Failed", Patience);
            if (canary.Text("status", "phase") != "Succeeded")
            {
                return $"ended {canary.Text("status", "phase")}: {canary["status"]!.ToJsonString()}";
            }

            var end = DateTimeOffset.Parse(canary.Text("status", "history", "0", "endedAt")!, CultureInfo.InvariantCulture);
            return moments.FirstOrDefault(moment => !moment.IsWithin(end)) is { } late
                ? $"{late} disturbed no run: it ended at {end:O}, that began at {late.At:O}"
                : await FaultAtTheEndAsync();
        }
        catch (Xunit.Sdk.FailException exception)
        {
            return exception.Message;
        }
    }

    // That the canary has succeeded does not mean that the cluster's own controllers are back from their pauses.
    private async Task<string?> FaultAtTheEndAsync()
    {
        await chaos.Cluster.BecomesAsync(
            place.Path("apps/v1", "deployments", "podinfo"),
            target => target.Number("spec", "replicas") == 0 && (target.Number("status", "replicas") ?? 0) == 0,
            Patience);
        await chaos.Cluster.DeploymentBecomesReadyAsync(place.Name, "podinfo-primary", Patience);
        await chaos.LiveAsync($"{place.Name}/podinfo", ("podinfo-primary", 100), ("podinfo-canary", 0));
        var (image, weights) = (await place.ImageAsync("podinfo-primary"), await place.WeightsAsync());
        return image != Next ? $"the primary runs {image}"
            : weights["podinfo-primary"] != 100 || weights["podinfo-canary"] != 0 ? $"weights {string.Join(", ", weights)}"
            : null;
    }
}
