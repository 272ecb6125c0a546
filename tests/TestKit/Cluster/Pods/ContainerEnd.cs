using System.Text.Json.Nodes;

namespace XdsCanary.TestKit.Cluster.Pods;

/// <summary>How a container ended.</summary>
/// <param name="ExitCode">The exit code of its process.</param>
/// <param name="Reason">Completed, Error, or why it could not even be started.</param>
/// <param name="Message">More about it.</param>
/// <param name="StartedAt">When it was started.</param>
/// <param name="FinishedAt">When it ended.</param>
internal sealed record ContainerEnd(int ExitCode, string Reason, string Message, string StartedAt, string FinishedAt)
{
    public JsonObject Write() => new()
    {
        ["terminated"] = new JsonObject
        {
            ["exitCode"] = ExitCode,
            ["reason"] = Reason,
            ["message"] = Message,
            ["startedAt"] = StartedAt,
            ["finishedAt"] = FinishedAt,
        },
    };
}
