using System.Text.Json.Nodes;

namespace XdsCanary.TestKit.Cluster.Pods;

/// <summary>What is to be said of a container in its pod's status. Immutable.</summary>
internal sealed record ContainerState
{
    /// <summary>The reason of waiting; null when it is not waiting.</summary>
    public string? Waiting { get; init; }

    /// <summary>More about the reason.</summary>
    public string Message { get; init; } = string.Empty;

    /// <summary>When the process was started; null when it was not.</summary>
    public string? StartedAt { get; init; }

    /// <summary>How it ended; null when it runs or waits.</summary>
    public ContainerEnd? End { get; init; }

    /// <summary>How it ended the time before.</summary>
    public ContainerEnd? LastEnd { get; init; }

    /// <summary>How often it was started again.</summary>
    public int Restarts { get; init; }

    /// <summary>True when its startup probe has passed, or it has none and runs.</summary>
    public bool IsStarted { get; init; }

    /// <summary>True when its readiness probe says so, or it has none and runs.</summary>
    public bool IsReady { get; init; }

    /// <summary>True while its process is there.</summary>
    public bool IsRunning => Waiting is null && End is null;

    /// <summary>Before anything was done.</summary>
    public static ContainerState Creating { get; } = new() { Waiting = "ContainerCreating" };

    /// <summary>An entry of <c>containerStatuses</c>.</summary>
    public JsonObject Write(JsonObject container)
    {
        var id = $"process://{container.Text("name")}";
        return new JsonObject
        {
            ["name"] = container.Text("name"),
            ["image"] = container.Text("image"),
            ["imageID"] = Waiting is null ? $"process://{container.Text("image")}" : string.Empty,
            ["containerID"] = StartedAt is null && LastEnd is null ? null : id,
            ["ready"] = IsReady,
            ["started"] = IsStarted,
            ["restartCount"] = Restarts,
            ["state"] = State(),
            ["lastState"] = LastEnd is null ? new JsonObject() : LastEnd.Write(),
        };
    }

    private JsonObject State()
    {
        if (Waiting is not null)
        {
            return new JsonObject { ["waiting"] = new JsonObject { ["reason"] = Waiting, ["message"] = Message } };
        }

        return End?.Write() ?? new JsonObject { ["running"] = new JsonObject { ["startedAt"] = StartedAt } };
    }
}
