using k8s;
using k8s.Exceptions;

namespace XdsCanary.KubeRuntime.Api;

/// <summary>The connection to an API server: address and credentials from a kubeconfig, or from the pod that this runs in.</summary>
public sealed class KubeConnection : IDisposable
{
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(10);

    private readonly Kubernetes _kubernetes;

    private KubeConnection(KubernetesClientConfiguration configuration, TimeProvider time)
    {
        // Limits belong to calls: a watch is to last.
        configuration.HttpClientTimeout = Timeout.InfiniteTimeSpan;
        configuration.FirstMessageHandlerSetup = handler =>
        {
            handler.KeepAlivePingDelay = PingDelay;
            handler.KeepAlivePingTimeout = PingTimeout;
            handler.KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests;
            handler.EnableMultipleHttp2Connections = true;
            handler.ConnectTimeout = PingTimeout;
        };
        _kubernetes = new Kubernetes(configuration);
        Namespace = configuration.Namespace ?? string.Empty;
        Client = new KubeClient(_kubernetes.HttpClient, _kubernetes.BaseUri, AuthorizeAsync, time);
    }

    /// <summary>Makes calls.</summary>
    public KubeClient Client { get; }

    /// <summary>The address.</summary>
    public Uri Address => _kubernetes.BaseUri;

    /// <summary>The namespace of the kubeconfig's context, or of the pod; empty when neither says one.</summary>
    public string Namespace { get; }

    /// <summary>Opens a connection. Nothing is sent yet.</summary>
    /// <param name="kubeconfig">The file; empty for the pod's own account, or, outside a pod, the file that kubectl takes.</param>
    /// <param name="context">The context in the file; empty for its current one.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="KubeException">The file cannot be used; the message says why.</exception>
    public static KubeConnection Open(string kubeconfig, string context, TimeProvider time)
    {
        try
        {
            var isInCluster = kubeconfig.Length == 0 && context.Length == 0 && KubernetesClientConfiguration.IsInCluster();
            return new KubeConnection(
                isInCluster
                    ? KubernetesClientConfiguration.InClusterConfig()
                    : KubernetesClientConfiguration.BuildConfigFromConfigFile(
                        kubeconfig.Length == 0 ? null : kubeconfig, context.Length == 0 ? null : context),
                time);
        }
        catch (Exception exception) when (exception is KubeConfigException or IOException or YamlDotNet.Core.YamlException)
        {
            throw new KubeException(KubeFault.Invalid, $"the kubeconfig cannot be used: {exception.Message}", exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _kubernetes.Dispose();

    private Task AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _kubernetes.Credentials is { } credentials
            ? credentials.ProcessHttpRequestAsync(request, cancellationToken)
            : Task.CompletedTask;
}
