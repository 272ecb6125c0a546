using System.Text.Json.Nodes;

namespace XdsCanary.TestKit.Cluster;

/// <summary>
/// A Kubernetes cluster with one node, of a test's own: real API server, store and controllers, pods as local processes. Needs
/// the test program to be in its <see cref="PrivateNetwork"/>, whose addresses it takes: one cluster at a time. Disposed means
/// gone: processes, addresses, files.
/// </summary>
public sealed class TestCluster : IAsyncDisposable
{
    private static int _running;

    private int _namespaces;

    private TestCluster(ControlPlane plane, NodeAgent node, ServiceProxy proxy)
    {
        ControlPlane = plane;
        Node = node;
        Proxy = proxy;
    }

    /// <summary>etcd, API server and controllers.</summary>
    public ControlPlane ControlPlane { get; }

    /// <summary>The node.</summary>
    public NodeAgent Node { get; }

    /// <summary>What makes Services' addresses and names work.</summary>
    public ServiceProxy Proxy { get; }

    /// <summary>A client with all rights.</summary>
    public KubeApi Api => ControlPlane.Api;

    /// <summary>kubectl with all rights.</summary>
    public Kubectl Kubectl => ControlPlane.Kubectl;

    /// <summary>Starts a cluster and waits until its controllers work.</summary>
    public static async Task<TestCluster> StartAsync(ClusterOptions? options = null)
    {
        options ??= new ClusterOptions();
        PrivateNetwork.Require();
        if (Interlocked.Exchange(ref _running, 1) != 0)
        {
            throw new InvalidOperationException("Another cluster runs in this network, with the same addresses.");
        }

        ControlPlane? plane = null;
        try
        {
            plane = await ControlPlane.StartAsync(options.ControlPlane);
            var node = await NodeAgent.StartAsync(plane, new NodeOptions
            {
                Images = options.Images ?? new ImageTable().With("podinfo", ImageProgram.Podinfo()),
                Labels = options.NodeLabels,
            });
            var cluster = new TestCluster(plane, node, new ServiceProxy(plane.Api, options.BareNamesOf));
            foreach (var name in options.Namespaces)
            {
                await cluster.MakeNamespaceAsync(name);
            }

            return cluster;
        }
        catch
        {
            await (plane?.DisposeAsync() ?? ValueTask.CompletedTask);
            Volatile.Write(ref _running, 0);
            throw;
        }
    }

    /// <summary>Makes a namespace that nobody uses yet.</summary>
    /// <returns>Its name.</returns>
    public async Task<string> NewNamespaceAsync()
    {
        var name = $"place-{Interlocked.Increment(ref _namespaces)}";
        await MakeNamespaceAsync(name);
        return name;
    }

    /// <summary>Waits until an object is as it should be; one that is not there is not.</summary>
    /// <param name="path">The object's path.</param>
    /// <param name="accept">Says whether it is.</param>
    /// <param name="timeout">How long it may take; 30 seconds by default.</param>
    /// <param name="explain">Says what else would explain a failure; not asked before.</param>
    /// <returns>The object.</returns>
    public async Task<JsonObject> BecomesAsync(
        string path, Func<JsonObject, bool> accept, TimeSpan? timeout = null, Func<Task<string>>? explain = null)
    {
        var found = await Eventually.GetAsync(
            async () => new Observed(await Api.TryGetAsync(path)),
            seen => seen.Value is not null && accept(seen.Value),
            timeout,
            $"{path} is as it should be",
            explain);
        return found.Value!;
    }

    /// <summary>Waits until a Deployment has rolled out: all of its pods are new, available, and no others are left.</summary>
    /// <returns>The Deployment.</returns>
    public Task<JsonObject> DeploymentBecomesReadyAsync(string place, string name, TimeSpan? timeout = null) => BecomesAsync(
        $"/apis/apps/v1/namespaces/{place}/deployments/{name}",
        deployment => (deployment.Number("status", "observedGeneration") ?? 0) >= deployment.Number("metadata", "generation")
            && Counts(deployment, "replicas", "updatedReplicas", "availableReplicas"),
        timeout);

    /// <summary>The pods with a label selector.</summary>
    public Task<IReadOnlyList<JsonObject>> PodsAsync(string place, string labels) =>
        Api.ListAsync($"/api/v1/namespaces/{place}/pods", labels);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Whatever goes wrong with one of them, the others are to go.
        try
        {
            await Proxy.DisposeAsync();
        }
        finally
        {
            try
            {
                await Node.DisposeAsync();
            }
            finally
            {
                await ControlPlane.DisposeAsync();
                Volatile.Write(ref _running, 0);
            }
        }
    }

    private Task<JsonObject> MakeNamespaceAsync(string name) => Api.ApplyAsync(new JsonObject
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Namespace",
        ["metadata"] = new JsonObject { ["name"] = name },
    });

    private static bool Counts(JsonObject deployment, params string[] fields) => fields.All(field =>
        (deployment.Number("status", field) ?? 0) == (deployment.Number("spec", "replicas") ?? 1));

    /// <summary>An object as a failure shows it: in one line, and first what tells most, as long texts are cut.</summary>
    private sealed record Observed(JsonObject? Value)
    {
        public override string ToString() => Value is null
            ? "no such object"
            : $"status: {Value["status"]?.ToJsonString()}, spec: {Value["spec"]?.ToJsonString()}, metadata: {Value["metadata"]?.ToJsonString()}";
    }
}
