using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using XdsCanary.LoadTester.Observability;

namespace XdsCanary.LoadTester.Tasks;

/// <summary>The path <c>/</c>, where tasks are given, and <c>/tasks/ID</c>, where those that nobody waited for are asked after.</summary>
/// <param name="planner">Reads what is wanted.</param>
/// <param name="background">Does what nobody waits for.</param>
/// <param name="entrance">Reads payloads and keeps strangers out.</param>
/// <param name="metrics">Counts tasks.</param>
/// <param name="logger">Told of refusals and results.</param>
/// <param name="stopping">The server ends, and with it every task.</param>
internal sealed class TaskEndpoint(
    TaskPlanner planner,
    BackgroundTasks background,
    Entrance entrance,
    LoadTesterMetrics metrics,
    ILogger logger,
    CancellationToken stopping)
{
    /// <summary>Adds the paths.</summary>
    /// <param name="routes">Where to.</param>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.Map("/", context => entrance.EnterAsync(context, payload => TakeAsync(context, payload)));
        routes.MapGet("/tasks/{id}", TellAsync);
    }

    private static Task WriteAsync(HttpContext context, TaskResult result, bool withOutput) => result.Passed
        ? Reply.WriteAsync(context, StatusCodes.Status200OK, withOutput ? result.Output : string.Empty, result.ContentType)
        : Reply.WriteAsync(context, StatusCodes.Status500InternalServerError, result.Reason, result.ContentType);

    private async Task TakeAsync(HttpContext context, HookPayload payload)
    {
        var task = planner.Plan(payload);
        if (task.Run is null)
        {
            logger.TaskRefused(payload.Canary, task.Refusal);
            metrics.Count(TaskOutcome.Refused);
            await Reply.WriteAsync(context, task.Status, task.Refusal);
        }
        else if (task.Waits)
        {
            // A caller who has gone would ask for the same again: what it does not wait for is ended.
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
            await WriteAsync(context, await RunAsync(payload, task.Run, stop.Token), task.ReturnsOutput);
        }
        else
        {
            var id = background.Start(payload.Canary, task.Work, stop => RunAsync(payload, task.Run, stop));
            context.Response.Headers.Location = $"/tasks/{id}";
            await Reply.WriteAsync(context, StatusCodes.Status202Accepted);
        }
    }

    private async Task<TaskResult> RunAsync(
        HookPayload payload, Func<CancellationToken, Task<TaskResult>> run, CancellationToken stop)
    {
        var result = await run(stop);
        metrics.Count(result.Passed ? TaskOutcome.Succeeded : TaskOutcome.Failed);
        if (payload.MetaIsTrue("logCmdOutput"))
        {
            logger.TaskOutput(payload.Canary, result.Output);
        }

        return result;
    }

    private async Task TellAsync(HttpContext context)
    {
        if (background.Find($"{context.Request.RouteValues["id"]}") is not { } task)
        {
            await Reply.WriteAsync(context, StatusCodes.Status404NotFound, "there is no such task, or its result was forgotten");
        }
        else if (!task.IsCompleted)
        {
            await Reply.WriteAsync(context, StatusCodes.Status202Accepted);
        }
        else
        {
            await WriteAsync(context, await task, withOutput: true);
        }
    }
}
