using System.Net;
using XdsCanary.CanaryEngine.Kubernetes;
using XdsCanary.KubeRuntime.Objects;
using static XdsCanary.CanaryEngine.Tests.Kubernetes.KubeSamples;

namespace XdsCanary.CanaryEngine.Tests.Kubernetes;

/// <summary>When faults of a canary are written into its status.</summary>
public sealed class SpecConditionsTests : IAsyncLifetime
{
    private static readonly NamespacedName Web = new("test", "web");

    private readonly StubCluster _cluster = new();
    private readonly SpecConditions _conditions;

    public SpecConditionsTests()
    {
        _cluster.HasCanary("uid-1");
        _conditions = new SpecConditions(new StatusWrites(_cluster.Objects), _cluster.Time);
    }

    public async ValueTask InitializeAsync()
    {
        await _cluster.StartAsync(TestContext.Current.CancellationToken);
        _conditions.Set(Web, [new ObjectProblem(new ObjectOrigin(null, 0), null, "spec.analysis", "is missing", "Write one")]);
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task H_31_A_canary_made_anew_with_the_faults_of_the_one_before_is_told_them_too()
    {
        _cluster.Refusal = HttpStatusCode.UnprocessableEntity;
        await CatchUpAsync();
        await _cluster.HasCanaryAnewAsync("uid-2");

        await CatchUpAsync();

        Assert.Equal(["uid-1", "uid-2"], _cluster.Writes.Select(write => write.Body[0]!["value"]!.GetValue<string>()));
        AssertJson(
            """
            conditions:
              - type: Accepted
                status: 'False'
                reason: InvalidSpec
                message: 'spec.analysis: is missing. Write one.'
                lastUpdateTime: '2000-01-01T00:00:00Z'
                lastTransitionTime: '2000-01-01T00:00:00Z'
            """,
            _cluster.Writes.Last().Body[1]!["value"]);
    }

    [Fact]
    public async Task H_31_A_canary_whose_status_is_refused_is_not_written_again_and_again()
    {
        _cluster.Refusal = HttpStatusCode.UnprocessableEntity;

        await CatchUpAsync();
        await CatchUpAsync();

        Assert.Single(_cluster.Writes);
    }

    [Fact]
    public async Task H_31_What_an_API_server_that_is_away_has_not_taken_is_written_later()
    {
        await CatchUpAsync();
        await CatchUpAsync();

        Assert.Equal(2, _cluster.Writes.Count);
    }

    private Task CatchUpAsync() => _conditions.CatchUpAsync(TestContext.Current.CancellationToken);
}
