using Microsoft.Extensions.Time.Testing;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Tests.Reconcile;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.TestKit;

namespace XdsCanary.CanaryEngine.Tests.Standalone;

public sealed class StandaloneWorldTests : IDisposable
{
    private static readonly ObjectKey PrimaryKey = new(string.Empty, "Service", new NamespacedName("test", "front-primary"));
    private static readonly ObjectKey ApexKey = new(string.Empty, "Service", new NamespacedName("test", "front"));

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly MemorySource _manifests = new(EngineSamples.Set(EngineSamples.Service("1")));
    private readonly CanarySpec _spec = EngineRig.Read(EngineSamples.Canary());

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task H_03_the_promotion_takes_what_was_analysed_whatever_the_manifests_say_by_then()
    {
        var rig = Start();
        await rig.RunAsync(_spec);
        rig.Use(EngineSamples.Set(EngineSamples.Service("2")));
        var analysed = EngineSamples.Snapshot(EngineSamples.Service("2"));
        await ApplyAsync(rig, new StartCanary(analysed.Revision));

        rig.Use(EngineSamples.Set(EngineSamples.Service("3")));
        await ApplyAsync(rig, new CopyToPrimary(analysed.Revision));

        Assert.Equal(analysed, rig.State.Primary);
        Assert.Equal(EngineSamples.Snapshot(EngineSamples.Service("1")), rig.State.PreviousPrimary);
        await ApplyAsync(rig, new RestorePrimary());
        Assert.Equal(EngineSamples.Snapshot(EngineSamples.Service("1")), rig.State.Primary);
    }

    [Fact]
    public async Task A_deleted_canary_that_comes_back_has_its_primary_and_its_objects_again()
    {
        var rig = Start();
        await rig.RunAsync(_spec);
        var primary = rig.State.Primary;
        await rig.RoundAsync(_spec, isDeleted: true);
        rig.World.Release(_spec.Key);
        Assert.False(rig.Layer.Current.Objects.ContainsKey(PrimaryKey));

        await rig.RunAsync(_spec);

        Assert.Equal(primary, rig.State.Primary);
        Assert.True(rig.Layer.Current.Objects.ContainsKey(PrimaryKey));
    }

    [Fact]
    public async Task A_deletion_outlives_the_process()
    {
        var rig = Start();
        await rig.RunAsync(_spec);
        await rig.RoundAsync(_spec, isDeleted: true);
        rig.World.Release(_spec.Key);

        Assert.True(Start().State.HandedBack);
    }

    [Fact]
    public async Task An_apex_service_that_joins_the_manifests_is_not_hidden()
    {
        var rig = Start();
        await rig.RunAsync(_spec);
        Assert.StartsWith("(made", rig.Layer.Current.Objects[ApexKey].Origin.File, StringComparison.Ordinal);

        _manifests.Use(EngineSamples.Set(EngineSamples.Service("1"), EngineSamples.Service("1", "front")));
        rig.Layer.CompleteUpper();
        rig.Use(_manifests.Current);
        await rig.RoundAsync(_spec);

        Assert.Equal("input.yaml", rig.Layer.Current.Objects[ApexKey].Origin.File);
    }

    [Fact]
    public async Task What_cannot_be_written_is_not_remembered()
    {
        var rig = Start();
        await rig.RunAsync(_spec);
        var before = rig.Status;
        Directory.CreateDirectory(Path.Combine(_folder.FullPath, "test", "web.json.tmp"));

        await Assert.ThrowsAnyAsync<Exception>(async () => await rig.World.SaveAsync(
            _spec, before with { Message = "new" }, [], isLasting: true, TestContext.Current.CancellationToken));

        Assert.Equal(before, rig.Status);
        Directory.Delete(Path.Combine(_folder.FullPath, "test", "web.json.tmp"));
        Assert.Equal(before, Start().Status);
    }

    private EngineRig Start() => new(_folder.FullPath, _manifests, _time);

    private ValueTask ApplyAsync(EngineRig rig, Effect effect) =>
        rig.World.ApplyAsync(_spec, effect, TestContext.Current.CancellationToken);
}
