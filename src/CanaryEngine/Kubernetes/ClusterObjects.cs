using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Kubernetes.Objects;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.CanaryEngine.Resources;
using XdsCanary.KubeRuntime.Api;
using XdsCanary.KubeRuntime.Cluster;
using XdsCanary.KubeRuntime.Leadership;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Kubernetes;

/// <summary>
/// The objects of a cluster as the engine reads and writes them. Reads come from memory. A write is made only while this replica is
/// sure to lead, and what it answers is known at once. Thread-safe.
/// </summary>
/// <param name="client">The API server.</param>
/// <param name="leadership">Tells whether this replica may write.</param>
/// <param name="definitions">Canaries and what they refer to.</param>
/// <param name="workloads">What is released, and what it is configured by.</param>
/// <param name="mesh">What traffic is routed by.</param>
/// <param name="time">The clock.</param>
internal sealed class ClusterObjects(
    KubeClient client, ILeadership leadership, ClusterSource definitions, ClusterSource workloads, ClusterSource mesh, TimeProvider time)
{
    // A write that is under way when the lease runs out must not land under the next leader: no longer than the lease's margin.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);

    /// <summary>True when this replica acts on canaries, and not another one.</summary>
    public bool IsInCharge => leadership.State != LeadershipState.Following;

    /// <summary>Canaries and what they refer to.</summary>
    public ClusterSource Definitions => definitions;

    /// <summary>What is released, and what it is configured by.</summary>
    public ClusterSource Workloads => workloads;

    /// <summary>What traffic is routed by.</summary>
    public ClusterSource Mesh => mesh;

    /// <summary>Finds an object.</summary>
    /// <param name="resource">Its resource.</param>
    /// <param name="name">Its name.</param>
    public SourceObject? Find(ApiResource resource, NamespacedName name) =>
        SourceOf(resource.Group, resource.Kind).Current.Objects.GetValueOrDefault(resource.KeyOf(name));

    /// <summary>Finds a TrafficSplit, whatever its version.</summary>
    /// <param name="name">Its name.</param>
    public SourceObject? FindSplit(NamespacedName name) =>
        mesh.Current.Objects.GetValueOrDefault(new ObjectKey(ClusterKinds.SplitGroup, ClusterKinds.Split, name));

    /// <summary>A Canary object as the owner of what is made for it.</summary>
    /// <param name="canary">The canary.</param>
    /// <exception cref="WorkloadException">It is gone.</exception>
    public CanaryOwner OwnerOf(NamespacedName canary) => Find(ClusterKinds.Canaries, canary) is { } found
        ? new CanaryOwner(canary.Name, ObjectJson.Metadata(found, "uid"))
        : throw new WorkloadException($"canary {canary} is gone");

    /// <summary>The EndpointSlices of a Service.</summary>
    /// <param name="service">The Service.</param>
    public IEnumerable<JsonObject> SlicesOf(NamespacedName service) => mesh.Current.Objects.Values
        .Where(item => item.Key.Kind == ClusterKinds.EndpointSlice && item.Key.Name.Namespace == service.Namespace
            && item.Labels.GetValueOrDefault(ServiceEndpoints.ServiceLabel) == service.Name)
        .Select(ObjectJson.Of);

    /// <summary>Reads an object that is not followed.</summary>
    /// <param name="resource">Its resource.</param>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<JsonObject?> ReadAsync(ApiResource resource, NamespacedName name, CancellationToken cancellationToken) =>
        client.FindAsync(resource, name, cancellationToken);

    /// <summary>Applies the fields that we own.</summary>
    public Task<SourceObject> ApplyAsync(
        ApiResource resource, NamespacedName name, JsonObject body, CancellationToken cancellationToken) =>
        WriteAsync(resource, token => client.ApplyAsync(resource, name, body, token), cancellationToken);

    /// <summary>Creates an object.</summary>
    public Task<SourceObject> CreateAsync(ApiResource resource, string space, JsonObject body, CancellationToken cancellationToken) =>
        WriteAsync(resource, token => client.CreateAsync(resource, space, body, token), cancellationToken);

    /// <summary>Replaces an object.</summary>
    public Task<SourceObject> ReplaceAsync(
        ApiResource resource, NamespacedName name, JsonObject body, CancellationToken cancellationToken) =>
        WriteAsync(resource, token => client.ReplaceAsync(resource, name, body, token), cancellationToken);

    /// <summary>Changes fields of an object.</summary>
    public Task<SourceObject> MergeAsync(
        ApiResource resource, NamespacedName name, JsonObject body, CancellationToken cancellationToken) =>
        WriteAsync(resource, token => client.MergeAsync(resource, name, body, token), cancellationToken);

    /// <summary>Changes an object that belongs to somebody else.</summary>
    /// <param name="resource">Its resource.</param>
    /// <param name="name">Its name.</param>
    /// <param name="patch">The change; null for none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task PatchAsync(
        ApiResource resource, NamespacedName name, ObjectPatch? patch, CancellationToken cancellationToken) =>
        patch is null ? Task.CompletedTask
        : patch.Kind == PatchKind.Merge ? MergeAsync(resource, name, patch.Body, cancellationToken)
        : ApplyAsync(resource, name, patch.Body, cancellationToken);

    /// <summary>Replaces the status of an object, but not of another one of its name.</summary>
    public Task<SourceObject> ReplaceStatusAsync(
        ApiResource resource, SourceObject item, JsonObject status, CancellationToken cancellationToken) =>
        WriteAsync(
            resource,
            token => client.ReplaceStatusAsync(resource, item.Key.Name, ObjectJson.Metadata(item, "uid"), status, token),
            cancellationToken);

    /// <summary>Deletes an object.</summary>
    public Task DeleteAsync(ApiResource resource, NamespacedName name, CancellationToken cancellationToken) =>
        InTimeAsync(resource, token => client.DeleteAsync(resource, name, token), cancellationToken);

    /// <summary>Lists objects by their labels.</summary>
    /// <param name="resource">Their resource.</param>
    /// <param name="space">Their namespace.</param>
    /// <param name="selector">The label selector.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<string>> NamesAsync(
        ApiResource resource, string space, string selector, CancellationToken cancellationToken)
    {
        var path = $"{resource.PathOfAll(space)}?labelSelector={Uri.EscapeDataString(selector)}";
        using var list = await client.GetAsync(path, cancellationToken);
        return
        [
            .. list.RootElement.GetProperty("items").EnumerateArray()
                .Select(item => item.GetProperty("metadata").GetProperty("name").GetString()!),
        ];
    }

    private async Task<SourceObject> WriteAsync(
        ApiResource resource, Func<CancellationToken, Task<JsonObject>> write, CancellationToken cancellationToken)
    {
        var written = ApiObjects.Read(await InTimeAsync(resource, write, cancellationToken), resource);
        if (written.Key.Group != ClusterKinds.Events.Group && written.Key.Kind != ClusterKinds.ControllerRevisions.Kind)
        {
            SourceOf(resource.Group, resource.Kind).Put(written);
        }

        return written;
    }

    private async Task<T> InTimeAsync<T>(ApiResource resource, Func<CancellationToken, Task<T>> write, CancellationToken cancellationToken)
    {
        EnsureWriting();
        using var timer = new CancellationTokenSource(Longest, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        try
        {
            return await write(limit.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new KubeException(KubeFault.Unavailable, $"{resource.Plural}: no answer within {Longest.TotalSeconds:0} s", exception);
        }
    }

    // Losing the lead between this look and the write is what the margin of the lease is for.
    private void EnsureWriting()
    {
        if (!leadership.MayWrite)
        {
            throw new KubeException(KubeFault.Unavailable, "nothing is written: this replica is not sure to lead");
        }
    }

    private ClusterSource SourceOf(string group, string kind) => group switch
    {
        CanaryKinds.Group => definitions,
        ClusterKinds.SplitGroup or "discovery.k8s.io" or "specs.smi-spec.io" => mesh,
        "" when kind == "Service" => mesh,
        _ => workloads,
    };
}
