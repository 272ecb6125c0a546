using XdsCanary.CanaryEngine.Kubernetes;
using XdsCanary.KubeRuntime.Api;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Tests.Kubernetes;

/// <summary>What holds for every write to the cluster.</summary>
public sealed class ClusterObjectsTests : IAsyncLifetime
{
    private readonly StubCluster _cluster = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    // The next leader may have come to use what is deleted.
    [Fact]
    public async Task A_deletion_that_is_not_answered_ends_within_the_margin_of_the_lease()
    {
        var deletion = _cluster.Objects.DeleteAsync(
            ClusterKinds.ConfigMaps, new NamespacedName("test", "settings"), TestContext.Current.CancellationToken);

        _cluster.Time.Advance(TimeSpan.FromSeconds(3));

        var exception = await Assert.ThrowsAsync<KubeException>(
            () => deletion.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        Assert.Equal(KubeFault.Unavailable, exception.Fault);
    }
}
