using Microsoft.AspNetCore.Http;
using XdsCanary.LoadTester.Load;

namespace XdsCanary.LoadTester.Tasks;

/// <summary>Reads from a payload's metadata which task is wanted.</summary>
/// <param name="policy">What may run.</param>
/// <param name="processes">Runs programs.</param>
/// <param name="load">Puts load on services.</param>
internal sealed class TaskPlanner(CommandPolicy policy, ProcessRunner processes, LoadGenerator load)
{
    private const string CommandName = "cmd";
    private const string WaitName = "wait";

    /// <summary>Plans the task of a payload.</summary>
    /// <param name="payload">The payload.</param>
    public PlannedTask Plan(HookPayload payload)
    {
        if (payload.Metadata is null || payload.Metadata.Count == 0)
        {
            return Bad("metadata not found in payload");
        }

        var type = payload.Metadata.GetValueOrDefault("type", CommandName);
        return type switch
        {
            CommandName => Command(payload, payload.MetaIsTrue(WaitName), command => policy.OfLine(command, "sh")),
            "bash" => Command(payload, waits: true, policy.OfScript),
            "helm" or "helmv3" => Command(payload, waits: true, command => policy.OfWords(Fields("helm", command))),
            "kubectl" => Command(payload, waits: true, command => policy.OfWords(Fields("kubectl", command))),
            "load" => Load(payload),
            "concord" or "ngrinder" => new PlannedTask(
                StatusCodes.Status501NotImplemented, $"task type {type} is not supported; use cmd, bash, helm, kubectl or load"),
            _ => Bad($"unknown task type {type}"),
        };
    }

    private static PlannedTask Bad(string reason) => new(StatusCodes.Status400BadRequest, reason);

    private static string[] Fields(string program, string command) =>
        [program, .. command.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries)];

    private PlannedTask Command(HookPayload payload, bool waits, Func<string, CommandVerdict> judge)
    {
        var command = payload.Meta(CommandName);
        if (command.Length == 0)
        {
            return Bad("cmd not found in metadata");
        }

        var verdict = judge(command);
        return verdict.Refusal.Length > 0
            ? new PlannedTask(StatusCodes.Status403Forbidden, verdict.Refusal)
            : PlannedTask.Of(
                command, waits, payload.MetaIsTrue("returnCmdOutput"), stop => processes.RunAsync(verdict.Words, command, stop));
    }

    private PlannedTask Load(HookPayload payload)
    {
        var plan = LoadPlan.Read(payload.Metadata!, out var fault);
        if (plan is null)
        {
            return Bad(fault);
        }

        var waits = !payload.Meta(WaitName).Equals("false", StringComparison.OrdinalIgnoreCase);
        return PlannedTask.Of(plan.ToString(), waits, returnsOutput: true, stop => load.RunAsync(plan, stop));
    }
}
