using System.Net;
using System.Text.Json;

namespace XdsCanary.KubeRuntime.Api;

/// <summary>A call to the API server that failed. The message names the call and has the server's own words.</summary>
public sealed class KubeException : Exception
{
    private const int LongestText = 2000;

    /// <summary>Makes one.</summary>
    public KubeException()
    {
    }

    /// <summary>Makes one.</summary>
    /// <param name="message">What failed.</param>
    public KubeException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one.</summary>
    /// <param name="message">What failed.</param>
    /// <param name="innerException">The cause.</param>
    public KubeException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes one.</summary>
    /// <param name="fault">What it comes to.</param>
    /// <param name="message">What failed.</param>
    /// <param name="innerException">The cause; null when the server answered.</param>
    public KubeException(KubeFault fault, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Fault = fault;
    }

    /// <summary>What it comes to for the caller.</summary>
    public KubeFault Fault { get; } = KubeFault.Unavailable;

    /// <summary>True when the server said so; false when there was no answer, or none that could be read.</summary>
    public bool IsAnswer => InnerException is null;

    /// <summary>An answer that is not a success.</summary>
    /// <param name="call">The call, for example <c>GET /api/v1/services</c>.</param>
    /// <param name="status">The status of the answer.</param>
    /// <param name="body">Its body: mostly a Status object, whose message is taken.</param>
    public static KubeException Of(string call, HttpStatusCode status, string body) =>
        new(FaultOf(status), $"{call}: {(int)status} {MessageOf(body)}".TrimEnd());

    /// <summary>What a status comes to.</summary>
    /// <param name="status">The status of an answer that is not a success.</param>
    public static KubeFault FaultOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.NotFound => KubeFault.NotFound,
        HttpStatusCode.Conflict => KubeFault.Conflict,
        HttpStatusCode.Gone => KubeFault.Gone,
        HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized => KubeFault.Forbidden,
        HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests => KubeFault.Unavailable,
        >= HttpStatusCode.InternalServerError => KubeFault.Unavailable,
        _ => KubeFault.Invalid,
    };

    private static string MessageOf(string body)
    {
        try
        {
            using var status = JsonDocument.Parse(body);
            if (status.RootElement.ValueKind == JsonValueKind.Object
                && status.RootElement.TryGetProperty("message", out var message)
                && message.ValueKind == JsonValueKind.String)
            {
                return message.GetString()!;
            }
        }
        catch (JsonException)
        {
            // A proxy in between, or an answer that was cut off: its text is all there is.
        }

        return body.Length <= LongestText ? body.Trim() : body[..LongestText];
    }
}
