using FsCheck.Xunit;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Peers;

namespace XdsCanary.XdsServer.Tests.Peers;

/// <summary>What is remembered of a replica over any row of answers and silences.</summary>
public sealed class PeerMemoryTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly NamespacedName Shop = new("default", "shop");

    [Property(MaxTest = 500)]
    public void H_20_Proxies_of_a_silent_replica_count_for_exactly_half_the_patience(List<(bool Answers, byte Seconds, byte Proxies)> turns)
    {
        var memory = PeerMemory.None;
        var now = TimeSpan.Zero;
        TimeSpan? silentSince = null;
        var proxies = 0;
        foreach (var turn in turns)
        {
            now += turn.Seconds % 20 * Second;
            memory = turn.Answers
                ? memory.Answering(Shop, Report(turn.Proxies), now)
                : memory.Silent(now).Judged(Patience, now);
            silentSince = turn.Answers ? null : silentSince ?? now;
            proxies = turn.Answers ? turn.Proxies : proxies;

            Assert.Equal(silentSince, memory.SilentSince);
            Assert.Equal(now - silentSince >= Patience / 2 ? 0 : proxies, memory.ProxiesOf(Shop, Patience, now));

            // Whoever began to wait when the silence began waits for none of them when its patience ends, whatever that is.
            var began = silentSince ?? now;
            Assert.All([0.1, 5, 30, 3600], seconds => Assert.Equal(
                0, memory.Silent(began).ProxiesOf(Shop, seconds * Second, began + (seconds * Second))));
        }
    }

    [Fact]
    public void H_20_Services_that_nobody_asks_about_any_more_are_forgotten()
    {
        var memory = PeerMemory.None;
        for (var minute = 0; minute < 1000; minute++)
        {
            memory = memory.Answering(new NamespacedName("default", $"shop-{minute}"), Report(1), TimeSpan.FromMinutes(minute));
            Assert.InRange(memory.Services, 1, 61);
        }

        var last = TimeSpan.FromMinutes(999);
        Assert.Equal(0, memory.ProxiesOf(new NamespacedName("default", "shop-938"), Patience, last));
        Assert.Equal(1, memory.ProxiesOf(new NamespacedName("default", "shop-939"), Patience, last));
    }

    private static PeerReport Report(int proxies) => new("other", [], null, proxies, proxies, [], IsKnown: true, []);
}
