using k8s;

namespace XdsCanary.KubeRuntime.Api;

/// <summary>The connection to an API server: address and credentials from a kubeconfig, or from the pod that this runs in.</summary>
public sealed class KubeConnection : IDisposable
{
    private const string Variable = "KUBECONFIG";

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
    /// <param name="kubeconfig">
    /// The file; empty for the pod's own account, or, outside a pod, the files that kubectl takes: those in the environment variable
    /// <c>KUBECONFIG</c>, or <c>~/.kube/config</c>.
    /// </param>
    /// <param name="context">The context in the file; empty for its current one.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="KubeException">The file cannot be used; the message says why.</exception>
    public static KubeConnection Open(string kubeconfig, string context, TimeProvider time)
    {
        var files = kubeconfig.Length > 0 ? kubeconfig : Environment.GetEnvironmentVariable(Variable) ?? string.Empty;
        var isInCluster = kubeconfig.Length == 0 && context.Length == 0 && KubernetesClientConfiguration.IsInCluster();
        return isInCluster
            ? Open("the pod's account", KubernetesClientConfiguration.InClusterConfig, time)
            : Open(files.Length > 0 ? files : KubernetesClientConfiguration.KubeConfigDefaultLocation, kubeconfig.Length > 0, context, time);
    }

    /// <summary>Opens a connection by files.</summary>
    /// <param name="files">The files, separated as in <c>KUBECONFIG</c>.</param>
    /// <param name="isOne">Whether it is one file, whatever its name.</param>
    /// <param name="context">The context in the files; empty for the current one.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="KubeException">The files cannot be used; the message says why.</exception>
    internal static KubeConnection Open(string files, bool isOne, string context, TimeProvider time)
    {
        string[] names = isOne ? [files] : files.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return Open($"the kubeconfig {files}", () => Choose(names, context), time);
    }

    // The first file that names a current context decides which one it is, and the first that has it what it means.
    private static KubernetesClientConfiguration Choose(string[] names, string context)
    {
        // A file that is missing among several is no fault, as with kubectl.
        var loaded = names.Where(name => names.Length == 1 || File.Exists(name))
            .Select(name => KubernetesClientConfiguration.LoadKubeConfig(name) ?? throw new InvalidDataException($"{name} is empty"))
            .ToList();
        var chosen = context.Length > 0 ? context
            : loaded.Select(config => config.CurrentContext).FirstOrDefault(current => !string.IsNullOrEmpty(current))
                ?? throw new InvalidDataException("it has no current-context, and none was asked for");
        var holder = loaded.Find(config => config.Contexts?.Any(item => item.Name == chosen) == true)
            ?? throw new InvalidDataException($"it has no context '{chosen}'");
        return KubernetesClientConfiguration.BuildConfigFromConfigObject(holder, chosen);
    }

    private static KubeConnection Open(string source, Func<KubernetesClientConfiguration> configure, TimeProvider time)
    {
        try
        {
            return new KubeConnection(configure(), time);
        }
        catch (NullReferenceException exception)
        {
            // What the reader of such files does when a part is missing that it takes for granted.
            throw new KubeException(KubeFault.Invalid, $"{source} cannot be used: a part of it is missing or empty", exception);
        }
        catch (Exception exception)
        {
            // The reader has no exception of its own for many faults: base64, certificates, addresses, YAML.
            throw new KubeException(KubeFault.Invalid, $"{source} cannot be used: {exception.Message}", exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _kubernetes.Dispose();

    private Task AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _kubernetes.Credentials is { } credentials
            ? credentials.ProcessHttpRequestAsync(request, cancellationToken)
            : Task.CompletedTask;
}
