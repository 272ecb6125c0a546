using Microsoft.AspNetCore.Http;

namespace XdsCanary.LoadTester;

/// <summary>Writes answers.</summary>
internal static class Reply
{
    /// <summary>Writes an answer.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">The status.</param>
    /// <param name="body">The body; empty for none.</param>
    /// <param name="contentType">Its type.</param>
    public static Task WriteAsync(
        HttpContext context, int status, string body = "", string contentType = "text/plain; charset=utf-8")
    {
        context.Response.StatusCode = status;
        if (body.Length == 0)
        {
            return Task.CompletedTask;
        }

        context.Response.ContentType = contentType;
        return context.Response.WriteAsync(body, context.RequestAborted);
    }
}
