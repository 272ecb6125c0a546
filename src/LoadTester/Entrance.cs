using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace XdsCanary.LoadTester;

/// <summary>Reads a request's payload and lets only the namespaces in that may come in.</summary>
/// <param name="namespaceRegexp">Finds the namespaces that may; empty for all.</param>
internal sealed class Entrance(string namespaceRegexp)
{
    // Never takes long, whatever expression and namespace are.
    private readonly Regex _namespaces = new(namespaceRegexp, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    /// <summary>Goes on with the payload, or answers 400 or 403.</summary>
    /// <param name="context">The request.</param>
    /// <param name="next">What to do with the payload.</param>
    public async Task EnterAsync(HttpContext context, Func<HookPayload, Task> next)
    {
        if (await HookPayload.ReadAsync(context.Request.Body, context.RequestAborted) is not { } payload)
        {
            await Reply.WriteAsync(context, StatusCodes.Status400BadRequest);
            return;
        }

        if (!_namespaces.IsMatch(payload.Namespace))
        {
            await Reply.WriteAsync(context, StatusCodes.Status403Forbidden, "Forbidden");
            return;
        }

        await next(payload);
    }
}
