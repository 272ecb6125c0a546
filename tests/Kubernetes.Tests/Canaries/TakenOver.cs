using System.Text.Json.Nodes;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Cluster;

namespace XdsCanary.Kubernetes.Tests.Canaries;

/// <summary>A canary that Flagger looked after, and what became of it.</summary>
/// <param name="place">Its namespace.</param>
/// <param name="name">Its name.</param>
/// <param name="before">The canary as it was recorded.</param>
internal sealed class TakenOver(string place, string name, JsonObject before)
{
    // A run goes through some of them, in this order.
    private static readonly string[] Course = ["Waiting", "Progressing", "WaitingPromotion", "Promoting", "Finalising", "Succeeded"];

    // The one whose metric is not well: its maximum is 10, and it is answered with 100, in the record as here.
    private const string Halted = "templated";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>True for one that a run was under way of, or waited for a gate.</summary>
    public bool WasInFlight => Phase is "Waiting" || IsRunning(Phase);

    /// <summary>How its run has gone on; empty until then.</summary>
    public string How { get; private set; } = string.Empty;

    private string Phase => before.Text("status", "phase")!;

    /// <summary>True for a phase of a run under way.</summary>
    public static bool IsRunning(string phase) => phase is not "Waiting" and not "Succeeded" && Course.Contains(phase);

    /// <summary>
    /// Waits until the product has decided about it and written so; and if a run was in flight, until that has gone on: to a higher
    /// weight, another iteration, or a later phase. All but one must, for every gate is open, every metric is well and every pod is
    /// ready; the one goes on to be judged, which halts it.
    /// </summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="weights">The weights so far; the first of each split are those that were recorded.</param>
    public async Task IsDealtWithAsync(TestCluster cluster, WeightWatch weights)
    {
        var path = $"/apis/flagger.app/v1beta1/namespaces/{place}/canaries/{name}";

        // Flagger writes no generation.
        await cluster.BecomesAsync(path, found => found.Number("status", "observedGeneration") is not null, Limit);
        if (WasInFlight)
        {
            How = await Eventually.GetAsync(
                async () => Progress(await cluster.Api.GetAsync(path), weights),
                progress => progress.Length > 0,
                Limit,
                $"the run of {place}/{name} that was {Phase} goes on");
        }
    }

    private string Progress(JsonObject now, WeightWatch weights)
    {
        var phase = Array.IndexOf(Course, now.Text("status", "phase"));
        if (phase > Array.IndexOf(Course, Phase))
        {
            return $"went on to {Course[phase]}";
        }

        if (name == Halted)
        {
            var isHalted = now.Text("status", "reason") == "CheckFailed"
                && now.Number("status", "failedChecks") > before.Number("status", "failedChecks")
                && now.Number("status", "canaryWeight") == before.Number("status", "canaryWeight");
            return isHalted ? "was halted, for its metric is out of range" : string.Empty;
        }

        if (now.Number("status", "iterations") > before.Number("status", "iterations"))
        {
            return "went on to another iteration";
        }

        var moved = weights.Of($"{place}/{name}");
        return moved.Count > 1 && moved[^1].Canary > moved[0].Canary
            && now.Number("status", "canaryWeight") > before.Number("status", "canaryWeight")
                ? "went on to a higher weight"
                : string.Empty;
    }
}
