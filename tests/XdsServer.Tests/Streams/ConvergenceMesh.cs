using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Ingest;
using XdsCanary.XdsServer.Model;
using XdsCanary.XdsServer.Observability;
using XdsCanary.XdsServer.Protocol;
using XdsCanary.XdsServer.Resources;
using XdsCanary.XdsServer.Snapshots;
using XdsCanary.XdsServer.Streams;

namespace XdsCanary.XdsServer.Tests.Streams;

/// <summary>
/// A mesh with a service <c>default/shop</c> and proxies that answer on demand, driven through the real publisher and planner.
/// </summary>
internal sealed class ConvergenceMesh
{
    /// <summary>The service.</summary>
    public static readonly NamespacedName Shop = new("default", "shop");

    private readonly StreamRegistry _registry = new(TimeProvider.System);

    public ConvergenceMesh()
    {
        Tracker = new ConvergenceTracker(_registry, Publisher);
        Stream = Open("envoy", NodeGroup.Create("default", []));
    }

    public SnapshotPublisher Publisher { get; } = new(
        new ResourceOptions(),
        NodeGroup.Create("default", []),
        new XdsMetrics(Metrics.NewCustomRegistry()),
        NullLogger<SnapshotPublisher>.Instance);

    public ConvergenceTracker Tracker { get; }

    public StreamRecord Stream { get; }

    public MeshAssembly? Assembly { get; private set; }

    public void Publish(int v1, int v2, string more = "") => Publish(
        MeshManifests.Services("shop", "shop-v1", "shop-v2") + more +
        $$"""
        ---
        apiVersion: split.smi-spec.io/v1alpha4
        kind: TrafficSplit
        metadata: {name: shop, namespace: default}
        spec:
          service: shop
          backends: [{service: shop-v1, weight: {{v1}}}, {service: shop-v2, weight: {{v2}}}]

        """);

    public void Publish(string yaml)
    {
        Assembly = MeshAssembler.Assemble(Assembly, TestObjects.Read(yaml), new MeshOptions());
        Publisher.Publish(Assembly.State);
    }

    public StreamRecord Open(string node, NodeGroup group)
    {
        var stream = _registry.Open("peer", new StreamState(XdsVariant.Delta, ProtocolSettings.Default, TimeSpan.Zero));
        stream.Node = new NodeIdentity(node, "test", string.Empty, group);
        Publisher.Join(group, new AsyncSignal());
        return stream;
    }

    public void Subscribe() => Subscribe(Stream);

    public void Push() => Push(Stream);

    public void Acknowledge() => Answer(Stream, null);

    public static void Subscribe(StreamRecord stream) => stream.State = StreamRequests.Apply(
        stream.State,
        new DeltaInput(
            ResourceType.Route,
            string.Empty,
            null,
            SubscriptionChange.None with { Subscribe = NameSet.Of(["http"]) },
            ImmutableDictionary<string, string>.Empty),
        TimeSpan.Zero).State;

    public void Push(StreamRecord stream)
    {
        var snapshot = Publisher.Groups.Single(group => group.Group == stream.Node!.Group).Current;
        var plan = PushPlanner.Next(stream.State with { Snapshot = snapshot }, TimeSpan.Zero);
        stream.State = plan.State;
        Assert.NotNull(plan.Response);
    }

    public static void Answer(StreamRecord stream, Rejection? rejection) => stream.State = StreamRequests.Apply(
        stream.State,
        new DeltaInput(
            ResourceType.Route,
            stream.State.Find(ResourceType.Route)!.LastNonce,
            rejection,
            SubscriptionChange.None,
            ImmutableDictionary<string, string>.Empty),
        TimeSpan.Zero).State;
}
