using System.Net;
using System.Net.Security;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Retry;

namespace XdsCanary.CanaryEngine.Metrics.PromQl;

/// <summary>
/// The connections to Prometheus. A server that cannot be reached or is unavailable for a moment is asked again; one that says
/// no is not.
/// </summary>
internal sealed class PrometheusHttp : IDisposable
{
    private readonly HttpClient _checked;
    private readonly HttpClient _unchecked;

    /// <summary>Makes the connections.</summary>
    /// <param name="time">The clock of the pauses between tries.</param>
    public PrometheusHttp(TimeProvider time)
    {
        _checked = Build(time, new SslClientAuthenticationOptions());
#pragma warning disable CA5359 // What a template asks for with insecureSkipVerify, and nothing else uses.
        _unchecked = Build(time, new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true });
#pragma warning restore CA5359
    }

    /// <summary>The client for a server.</summary>
    /// <param name="skipVerify">The server's certificate is not checked.</param>
    public HttpClient Client(bool skipVerify) => skipVerify ? _unchecked : _checked;

    /// <inheritdoc/>
    public void Dispose()
    {
        _checked.Dispose();
        _unchecked.Dispose();
    }

    private static HttpClient Build(TimeProvider time, SslClientAuthenticationOptions tls)
    {
        var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                MaxRetryAttempts = 2,
                Delay = TimeSpan.FromMilliseconds(100),
                BackoffType = DelayBackoffType.Exponential,
                ShouldHandle = new PredicateBuilder<HttpResponseMessage>()
                    .Handle<HttpRequestException>()
                    .HandleResult(response => response.StatusCode == HttpStatusCode.ServiceUnavailable),
            })
            .Build();
        var handler = new ResilienceHandler(pipeline)
        {
            InnerHandler = new SocketsHttpHandler
            {
                AutomaticDecompression = DecompressionMethods.All,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                SslOptions = tls,
            },
        };
        // The limit of a question covers its retries and its answer; it is not the client's.
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }
}
