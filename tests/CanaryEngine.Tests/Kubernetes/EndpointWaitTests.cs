using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Kubernetes;
using XdsCanary.KubeRuntime.Objects;
using static XdsCanary.CanaryEngine.Tests.Kubernetes.KubeSamples;

namespace XdsCanary.CanaryEngine.Tests.Kubernetes;

/// <summary>When a workload that is ready has to wait for its Service to have endpoints.</summary>
public sealed class EndpointWaitTests : IAsyncLifetime
{
    private static readonly NamespacedName Service = new("test", "web-primary");
    private static readonly WorkloadFact Ready = new(true, Readiness.Ready);

    private readonly StubCluster _cluster = new();

    public async ValueTask InitializeAsync()
    {
        _cluster.Lists["services"] =
            [Read("{apiVersion: v1, kind: Service, metadata: {name: web-primary, namespace: test}, spec: {ports: [{port: 80}]}}")];
        await _cluster.StartAsync(TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Theory]
    [InlineData(CanaryPhase.None, false, true)]
    [InlineData(CanaryPhase.Initializing, false, true)]
    [InlineData(CanaryPhase.Promoting, false, true)]
    [InlineData(CanaryPhase.Failed, true, true)]
    [InlineData(CanaryPhase.Failed, false, false)]
    [InlineData(CanaryPhase.Progressing, false, false)]
    public void A_primary_that_gets_traffic_next_waits(CanaryPhase phase, bool keepsCanary, bool isAwaited)
    {
        var fact = EndpointWait.OfPrimary(
            _cluster.Objects, new CanaryStatus { Phase = phase, KeepsCanary = keepsCanary }, Service, Workload(), Ready);

        Assert.Equal(isAwaited ? (Readiness.Waiting, "waiting for Service web-primary to have endpoints") : (Readiness.Ready, string.Empty), (fact.Readiness, fact.Text));
    }

    private static System.Text.Json.Nodes.JsonObject Workload()
    {
        var workload = KubeSamples.Workload();
        workload["status"] = Read("{availableReplicas: 1}");
        return workload;
    }
}
