using System.Net;
using static XdsCanary.KubeRuntime.Tests.Cluster.ClusterRig;

namespace XdsCanary.KubeRuntime.Tests.Cluster;

/// <summary>How kinds are followed again when the API server is back, or was never away.</summary>
public sealed class ClusterReturnTests
{
    [Fact]
    public async Task First_answer_of_a_server_that_was_away_ends_the_pauses_of_all_kinds()
    {
        await using var rig = new ClusterRig(Things, Others);
        rig.Start();
        for (var i = 0; i < 16; i++)
        {
            rig.Pause(30).Call.Break();
        }

        // Both wait for long now. The one whose turn comes first finds the server back; the other does not wait for its turn.
        var (first, longPause) = rig.Pause(30);
        first.Answer(List(1));
        var calls = Enumerable.Range(0, 2).Select(_ => rig.Pause(0.26)).ToList();

        Assert.InRange(longPause.TotalSeconds, 1, 30.1);
        Assert.Equal(2, calls.Select(call => call.Call.Path).Distinct().Count());
        Assert.Single(calls, call => call.Call.Path == first.Path && call.Call.IsWatch);
    }

    [Fact]
    public async Task Answer_that_the_server_is_busy_ends_no_pause_of_another_kind()
    {
        await using var rig = new ClusterRig(Things, Others);
        rig.Start();
        for (var i = 0; i < 16; i++)
        {
            rig.Pause(30).Call.Refuse(HttpStatusCode.TooManyRequests, "too many requests");
        }

        rig.Pause(30).Call.Answer(List(1));
        Assert.True(rig.Pause(0.01).Call.IsWatch);
        Assert.Throws<InvalidOperationException>(() => rig.Pause(0.3));
    }
}
