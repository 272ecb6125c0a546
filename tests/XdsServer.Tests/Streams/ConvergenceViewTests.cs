using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Model;
using XdsCanary.XdsServer.Observability;
using XdsCanary.XdsServer.Peers;
using XdsCanary.XdsServer.Resources;
using XdsCanary.XdsServer.Streams;

namespace XdsCanary.XdsServer.Tests.Streams;

/// <summary>Which weights count as live for proxies of several views and replicas.</summary>
public sealed class ConvergenceViewTests
{
    private static readonly NamespacedName Shop = ConvergenceMesh.Shop;

    private readonly ConvergenceMesh _mesh = new();

    [Fact]
    public void A_replica_without_proxies_judges_those_of_another_by_the_weights_it_has_published()
    {
        var publisher = new SnapshotPublisher(
            new ResourceOptions(),
            NodeGroup.Create("elsewhere", []),
            new XdsMetrics(Metrics.NewCustomRegistry()),
            NullLogger<SnapshotPublisher>.Instance);
        var leader = new ConvergenceTracker(new StreamRegistry(TimeProvider.System), publisher);
        _mesh.Publish(100, 0);
        publisher.Publish(_mesh.Assembly!.State);
        leader.DescribeWanted(Shop);
        _mesh.Publish(75, 25);
        _mesh.Subscribe();
        _mesh.Push();
        _mesh.Acknowledge();
        var report = PeerReport.Of("other", _mesh.Tracker.Describe(Shop), []);

        Assert.False(FleetConvergence.With(leader.DescribeWanted(Shop), report).IsLive);

        publisher.Publish(_mesh.Assembly.State);
        Assert.True(FleetConvergence.With(leader.DescribeWanted(Shop), report).IsLive);

        publisher.Publish(_mesh.Assembly.State);
        publisher.Publish(_mesh.Assembly.State);
        Assert.Single(publisher.Groups);
    }

    [Fact]
    public void Proxies_of_other_namespaces_follow_a_service_too_though_they_know_it_by_fewer_names()
    {
        var gateway = _mesh.Open("gateway", NodeGroup.Create("gateways", [NodeGroup.AllNamespaces]));
        _mesh.Publish(100, 0);
        _mesh.Subscribe();
        ConvergenceMesh.Subscribe(gateway);
        _mesh.Push();
        _mesh.Push(gateway);
        _mesh.Acknowledge();

        Assert.Equal((2, 1), Counts());

        ConvergenceMesh.Answer(gateway, null);
        Assert.Equal((2, 2), Counts());

        _mesh.Publish(75, 25);
        _mesh.Push();
        _mesh.Acknowledge();
        Assert.Equal((2, 1), Counts());

        _mesh.Push(gateway);
        ConvergenceMesh.Answer(gateway, null);
        Assert.Equal((2, 2), Counts());

        (int Proxies, int Converged) Counts()
        {
            var state = _mesh.Tracker.Describe(Shop);
            return (state.Proxies, state.Converged);
        }
    }

    [Fact]
    public void Weights_wanted_are_those_of_the_next_port_where_no_backend_has_the_first()
    {
        _mesh.Publish(
            """
            apiVersion: v1
            kind: Service
            metadata: {name: shop, namespace: default}
            spec: {ports: [{name: metrics, port: 9797, appProtocol: http}, {name: http, port: 80}]}

            """ + MeshManifests.Services("shop-v1", "shop-v2") + MeshManifests.Split("shop", "shop", "shop-v1: 70, shop-v2: 30"));
        _mesh.Subscribe();
        _mesh.Push();
        _mesh.Acknowledge();

        var state = _mesh.Tracker.Describe(Shop);

        Assert.True(state.IsLive);
        Assert.Equal([("shop-v1", 70u), ("shop-v2", 30u)], state.Wanted.Select(weight => (weight.Backend, weight.Weight)));
    }
}
