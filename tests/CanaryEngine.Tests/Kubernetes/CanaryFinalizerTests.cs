using Microsoft.Extensions.Logging.Abstractions;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Kubernetes;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.CanaryEngine.Tests.Reconcile;
using XdsCanary.KubeRuntime.Objects;
using static XdsCanary.CanaryEngine.Tests.Kubernetes.KubeSamples;

namespace XdsCanary.CanaryEngine.Tests.Kubernetes;

/// <summary>What becomes of a canary that is deleted while its spec is not accepted.</summary>
public sealed class CanaryFinalizerTests : IAsyncLifetime
{
    private const string Deleted = "deletionTimestamp: '2026-01-03T00:00:00Z'";

    private static readonly NamespacedName Web = new("test", "web");

    private readonly StubCluster _cluster = new();
    private readonly EventList _events = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Its_object_is_let_go_and_a_warning_says_what_was_not_done()
    {
        await LetGoAsync($"finalizers: [finalizer.flagger.app, example.com/keep], {Deleted}");

        var (path, body) = Assert.Single(_cluster.Writes);
        Assert.Equal("/apis/flagger.app/v1beta1/namespaces/test/canaries/web", path);
        AssertJson("metadata: {finalizers: [example.com/keep], resourceVersion: '5'}", body);
        var told = Assert.Single(_events.Told);
        Assert.True(told.IsWarning);
        Assert.Equal(
            "Terminating canary web.test: its target was not scaled up again, because the spec is not accepted", told.Text);
    }

    [Theory]
    [InlineData("finalizers: [finalizer.flagger.app]")]
    [InlineData($"finalizers: [example.com/keep], {Deleted}")]
    public async Task Nothing_is_done_to_one_that_is_not_deleted_or_does_not_wait_for_it(string metadata)
    {
        await LetGoAsync(metadata);

        Assert.Empty(_cluster.Writes);
        Assert.Empty(_events.Told);
    }

    // With the object its primary would go, and nothing would serve.
    [Theory]
    [InlineData(0, "uid-1", false)]
    [InlineData(1, "uid-1", true)]
    [InlineData(0, "uid-2", true)]
    public async Task One_whose_primary_serves_in_place_of_its_target_is_kept(int replicas, string owner, bool isLetGo)
    {
        _cluster.Lists["deployments"] =
        [
            Read($"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web, namespace: test, uid: uid-8}}\nspec: {{replicas: {replicas}}}"),
            Read("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web-primary, namespace: test, uid: uid-9, "
                + $"ownerReferences: [{{kind: Canary, name: web, uid: {owner}, controller: true}}]}}"),
        ];

        await LetGoAsync($"finalizers: [finalizer.flagger.app], {Deleted}");

        Assert.Equal(isLetGo ? 1 : 0, _cluster.Writes.Count);
        Assert.True(Assert.Single(_events.Told).IsWarning);
    }

    private async Task LetGoAsync(string metadata)
    {
        var canary = $$"""
            apiVersion: flagger.app/v1beta1
            kind: Canary
            metadata: {name: web, namespace: test, uid: uid-1, resourceVersion: '5', {{metadata}} }
            spec: {targetRef: {apiVersion: apps/v1, kind: Deployment, name: web} }
            """;
        _cluster.Lists["canaries"] = [Read(canary)];
        _cluster.Answer = Read(canary);
        await _cluster.StartAsync(TestContext.Current.CancellationToken);
        var finalizer = new CanaryFinalizer(
            _cluster.Objects, null!, new QuietPorts(), _events, _cluster.Time, NullLogger<CanaryFinalizer>.Instance);
        await finalizer.LetGoAsync(Web, TestContext.Current.CancellationToken);
    }

    private sealed class EventList : ICanaryEventLog
    {
        public List<CanaryEvent> Told { get; } = [];

        public ValueTask AppendAsync(NamespacedName key, CanaryEvent canaryEvent)
        {
            Told.Add(canaryEvent);
            return ValueTask.CompletedTask;
        }
    }
}
