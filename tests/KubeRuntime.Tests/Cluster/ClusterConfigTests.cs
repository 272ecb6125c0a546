using System.Net;
using XdsCanary.KubeRuntime.Cluster;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.KubeRuntime.Tests.Cluster;

/// <summary>ConfigMaps and Secrets, which revisions are told by, while the API server will not show them.</summary>
public sealed class ClusterConfigTests
{
    [Theory]
    [InlineData("ConfigMap", "configmaps", HttpStatusCode.InternalServerError)]
    [InlineData("Secret", "secrets", HttpStatusCode.InternalServerError)]
    [InlineData("Secret", "secrets", HttpStatusCode.Forbidden)]
    public async Task CAN_30_an_error_is_no_answer_nobody_decides_without_one_and_nothing_counts_as_changed(
        string kind, string plural, HttpStatusCode error)
    {
        await using var rig = new ClusterRig(new WatchedKind(string.Empty, kind, plural, ["v1"]));
        rig.Start();
        (await rig.NextAsync()).Refuse(error, "no");
        var synced = rig.Source.WhenSyncedAsync(CancellationToken.None);
        Assert.False(rig.Source.HasSynced);
        Assert.False(synced.IsCompleted);

        rig.Pause(10).Call.Answer(ClusterRig.List(9, Config(kind, 3)));
        await synced;
        var feed = (await rig.WatchAsync()).Open();
        var seen = rig.Source.Current;
        feed.Error(410, "too old");
        rig.Pause(10).Call.Refuse(error, "no");
        rig.Pause(30).Call.Refuse(error, "no");

        Assert.Same(seen, rig.Source.Current);
        Assert.Empty(rig.Source.Current.ChangedSince(seen)!);
        Assert.Contains(rig.Log.Warnings, text => text.Contains(plural, StringComparison.Ordinal));
        rig.Pause(30).Call.Answer(ClusterRig.List(20, Config(kind, 12)));
        Assert.Equal("app@12", rig.Known);
    }

    private static string Config(string kind, int version) =>
        $$$"""{"apiVersion":"v1","kind":"{{{kind}}}","metadata":{"name":"app","namespace":"default","resourceVersion":"{{{version}}}"},"data":{"token":"eA=="}}""";
}
