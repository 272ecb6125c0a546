using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using XdsCanary.LoadTester.Observability;

namespace XdsCanary.LoadTester.Gates;

/// <summary>The paths under <c>/gate</c> and <c>/rollback</c>.</summary>
/// <param name="book">The gates.</param>
/// <param name="entrance">Reads payloads and keeps strangers out.</param>
/// <param name="logger">Told of what people do.</param>
internal sealed class GateEndpoints(GateBook book, Entrance entrance, ILogger logger)
{
    /// <summary>Adds the paths.</summary>
    /// <param name="routes">Where to.</param>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.Map("/gate/approve", context => Reply.WriteAsync(context, StatusCodes.Status200OK, "OK"));
        routes.Map("/gate/halt", context => Reply.WriteAsync(context, StatusCodes.Status403Forbidden, "Forbidden"));
        Map(routes, "/gate", GateKind.Gate);
        Map(routes, "/rollback", GateKind.Rollback);
    }

    private void Map(IEndpointRouteBuilder routes, string prefix, GateKind kind)
    {
        routes.Map($"{prefix}/check", context => entrance.EnterAsync(context, payload => CheckAsync(context, kind, payload)));
        routes.Map($"{prefix}/open", context => entrance.EnterAsync(context, payload =>
        {
            var gate = GateQuestion.Named(kind, payload);
            book.Open(gate);
            logger.GateOpened(kind, gate.Canary, gate.Hook, gate.Checksum);
            return Reply.WriteAsync(context, StatusCodes.Status202Accepted);
        }));
        routes.Map($"{prefix}/close", context => entrance.EnterAsync(context, payload =>
        {
            var gate = GateQuestion.Named(kind, payload);
            book.Close(gate);
            logger.GateClosed(kind, gate.Canary, gate.Hook, gate.Checksum);
            return Reply.WriteAsync(context, StatusCodes.Status202Accepted);
        }));
    }

    private Task CheckAsync(HttpContext context, GateKind kind, HookPayload payload) =>
        book.IsOpen(GateQuestion.Asked(kind, payload))
            ? Reply.WriteAsync(context, StatusCodes.Status200OK, "Approved")
            : Reply.WriteAsync(context, StatusCodes.Status403Forbidden, "Forbidden");
}
