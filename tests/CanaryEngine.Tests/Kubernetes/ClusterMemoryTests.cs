using Microsoft.Extensions.Logging.Abstractions;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Kubernetes;
using XdsCanary.CanaryEngine.Resources;
using XdsCanary.CanaryEngine.Tests.Resources;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Tests.Kubernetes;

/// <summary>What is remembered of a canary that was deleted and made anew before anybody saw that it was gone.</summary>
public sealed class ClusterMemoryTests : IAsyncLifetime
{
    private static readonly NamespacedName Web = new("test", "web");
    private static readonly CanaryStatus Served = new() { Phase = CanaryPhase.Succeeded, LastPromotedSpec = "a", LastAppliedSpec = "a" };

    private readonly StubCluster _cluster = new();
    private readonly ClusterMemory _memory;

    public ClusterMemoryTests()
    {
        _cluster.HasCanary("uid-1");
        var targets = new TargetViews(_cluster.Objects, null!, null!);
        _memory = new ClusterMemory(
            _cluster.Objects,
            new StatusWrites(_cluster.Objects),
            new Adoption(targets, _cluster.Objects, new MapperOptions()),
            targets,
            null!,
            null!,
            NullLogger<ClusterMemory>.Instance);
    }

    public async ValueTask InitializeAsync()
    {
        await _cluster.StartAsync(TestContext.Current.CancellationToken);
        await SaveAsync("uid-1", isLasting: false);
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task What_the_one_before_had_come_to_is_not_the_new_one_s()
    {
        Assert.Equal(CanaryPhase.Succeeded, _memory.StatusOf(Web).Phase);

        await _cluster.HasCanaryAnewAsync("uid-2");

        Assert.Equal(CanaryStatus.Empty, _memory.StatusOf(Web));
    }

    [Fact]
    public async Task What_a_round_of_the_one_before_comes_to_is_not_written_to_the_new_one()
    {
        await _cluster.HasCanaryAnewAsync("uid-2");

        await SaveAsync("uid-1", isLasting: true);

        Assert.Empty(_cluster.Writes);
        Assert.Equal(CanaryStatus.Empty, _memory.StatusOf(Web));
    }

    [Fact]
    public async Task Its_own_is_written_to_it_alone()
    {
        await SaveAsync("uid-1", isLasting: true);

        var (path, body) = Assert.Single(_cluster.Writes);
        Assert.Equal("/apis/flagger.app/v1beta1/namespaces/test/canaries/web/status", path);
        Assert.Equal(("test", "/metadata/uid", "uid-1"), (
            body[0]!["op"]!.GetValue<string>(), body[0]!["path"]!.GetValue<string>(), body[0]!["value"]!.GetValue<string>()));
    }

    private ValueTask SaveAsync(string uid, bool isLasting) => _memory.SaveAsync(
        CanaryManifest.Accept(CanaryManifest.Write()) with { Uid = uid }, Served, [], isLasting, TestContext.Current.CancellationToken);
}
