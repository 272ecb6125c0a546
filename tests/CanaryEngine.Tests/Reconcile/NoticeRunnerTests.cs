using Microsoft.Extensions.Time.Testing;
using XdsCanary.TestKit;

namespace XdsCanary.CanaryEngine.Tests.Reconcile;

public sealed class NoticeRunnerTests
{
    [Fact]
    public async Task What_could_not_be_done_is_said_once_for_each_reason_in_a_row()
    {
        using var folder = new TemporaryFolder();
        var spec = EngineRig.Read(EngineSamples.Canary());
        var rig = new EngineRig(folder.FullPath, new MemorySource(EngineSamples.Set(EngineSamples.Service("1"))), new FakeTimeProvider());
        await rig.RoundAsync(spec);

        foreach (var trouble in (string[])["no quota", "no quota", "refused", string.Empty, string.Empty, "refused"])
        {
            await rig.Notices.ComplainAsync(spec, rig.Status, trouble);
        }

        Assert.Equal(
            [("no quota", 1), ("refused", 2)],
            rig.World.EventsOf(spec.Key).Items.Where(told => told.IsWarning).Select(told => (told.Text, told.Count)));
    }
}
