using System.Net;

namespace XdsCanary.TestKit.Cluster;

/// <summary>The API server refused a request.</summary>
/// <param name="status">Its HTTP status.</param>
/// <param name="request">What was asked.</param>
/// <param name="answer">Its words.</param>
public sealed class KubeApiException(HttpStatusCode status, string request, string answer)
    : Exception($"{request}: {(int)status} {answer}")
{
    /// <summary>The HTTP status.</summary>
    public HttpStatusCode Status { get; } = status;
}
