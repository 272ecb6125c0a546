using System.Text.Json.Nodes;

namespace XdsCanary.TestKit.Cluster.Pods;

/// <summary>Writes a pod's status as a kubelet would. Pure.</summary>
internal static class PodStatus
{
    /// <summary>The conditions that a kubelet owns; all others are somebody else's and kept.</summary>
    private static readonly string[] Owned = ["PodScheduled", "Initialized", "ContainersReady", "Ready"];

    /// <summary>The status, as a merge patch of the pod.</summary>
    /// <param name="context">The pod.</param>
    /// <param name="known">The object as it was seen last.</param>
    /// <param name="initial">The state of its init containers.</param>
    /// <param name="containers">The state of its containers.</param>
    /// <param name="now">The time, as objects hold it.</param>
    public static JsonObject Write(
        PodContext context, JsonObject known, IReadOnlyList<ContainerRun> initial, IReadOnlyList<ContainerRun> containers, string now)
    {
        var isInitialized = initial.All(run => run.State.End is { ExitCode: 0 });
        var areReady = containers.All(run => run.State.IsReady);
        var gates = known.Items("spec", "readinessGates").All(gate => known.Condition(gate.Text("conditionType")!) == "True");
        var phase = Phase(context.Pod.Text("spec", "restartPolicy") ?? "Always", initial, containers);
        var reason = phase is "Succeeded" ? "PodCompleted" : areReady ? null : "ContainersNotReady";
        return new JsonObject
        {
            ["metadata"] = new JsonObject { ["uid"] = known.Uid() },
            ["status"] = new JsonObject
            {
                ["phase"] = phase,
                ["hostIP"] = NodeContext.NodeAddress,
                ["hostIPs"] = new JsonArray(new JsonObject { ["ip"] = NodeContext.NodeAddress }),
                ["podIP"] = context.Address,
                ["podIPs"] = new JsonArray(new JsonObject { ["ip"] = context.Address }),
                ["startTime"] = known.Text("status", "startTime") ?? now,
                ["conditions"] = new JsonArray(
                [
                    Condition(known, "PodScheduled", true, null, now),
                    Condition(known, "Initialized", isInitialized, isInitialized ? null : "ContainersNotInitialized", now),
                    Condition(known, "ContainersReady", areReady, reason, now),
                    Condition(known, "Ready", areReady && gates, areReady && !gates ? "ReadinessGatesNotReady" : reason, now),
                    .. Others(known),
                ]),
                ["initContainerStatuses"] = Statuses(initial),
                ["containerStatuses"] = Statuses(containers),
            },
        };
    }

    /// <summary>A condition that keeps the time of its last change.</summary>
    public static JsonObject Condition(JsonObject known, string type, bool isTrue, string? reason, string now)
    {
        var status = isTrue ? "True" : "False";
        var before = known.Items("status", "conditions").FirstOrDefault(item => item.Text("type") == type);
        var condition = new JsonObject
        {
            ["type"] = type,
            ["status"] = status,
            ["lastTransitionTime"] = before.Text("status") == status ? before.Text("lastTransitionTime") ?? now : now,
        };
        if (reason is not null)
        {
            condition["reason"] = reason;
        }

        return condition;
    }

    private static IEnumerable<JsonObject> Others(JsonObject known) => known.Items("status", "conditions")
        .Where(item => !Owned.Contains(item.Text("type")))
        .Select(item => (JsonObject)item.DeepClone());

    private static string Phase(string restart, IReadOnlyList<ContainerRun> initial, IReadOnlyList<ContainerRun> containers)
    {
        if (restart != "Always" && initial.Any(run => run.State.End is { ExitCode: not 0 }))
        {
            return "Failed";
        }

        if (restart != "Always" && containers.All(run => run.IsOver(restart)))
        {
            return containers.All(run => run.State.End!.ExitCode == 0) ? "Succeeded" : "Failed";
        }

        // A container that has run once is of a pod that runs, even while it waits to be started again.
        return containers.All(run => run.State.IsRunning || run.State.StartedAt is not null) ? "Running" : "Pending";
    }

    private static bool IsOver(this ContainerRun run, string restart) =>
        run.State.End is { } end && (restart == "Never" || end.ExitCode == 0);

    private static JsonArray Statuses(IReadOnlyList<ContainerRun> runs) => [.. runs.Select(run => run.State.Write(run.Container))];
}
