using FsCheck.Xunit;
using XdsCanary.XdsServer.Snapshots;
using XdsCanary.XdsServer.Tests.Protocol;

namespace XdsCanary.XdsServer.Tests.Snapshots;

/// <summary>Differences and versions over random meshes; FsCheck prints the seed.</summary>
[Properties(Arbitrary = [typeof(RandomStepsArbitrary)], MaxTest = 200, QuietOnSuccess = true)]
public sealed class SnapshotPropertyTests
{
    [Property]
    public void ResourceDiff_TurnsTheOldSetIntoTheNew(RandomSteps run)
    {
        var (old, now) = Two(run);
        foreach (var type in ResourceType.InPushOrder)
        {
            var (before, after) = (old.Get(type), now.Get(type));
            var diff = after.DiffFrom(before);
            var held = before.Items.ToDictionary(item => item.Name, item => item.Version);
            Assert.All(diff.Removed, item => Assert.True(held.Remove(item.Name)));
            Assert.All(diff.Added, item => Assert.DoesNotContain(item.Name, held.Keys));
            Assert.All(diff.Changed, item => Assert.NotEqual(item.Version, held.GetValueOrDefault(item.Name)));
            diff.Changed.ToList().ForEach(item => held[item.Name] = item.Version);

            Assert.Equal(after.Items.ToDictionary(item => item.Name, item => item.Version), held);
            Assert.Subset(diff.Changed.ToHashSet(), diff.Added.ToHashSet());
            Assert.Same(diff, after.DiffFrom(before));
        }
    }

    [Property]
    public void ResourceDiff_BetweenEqualSets_IsEmpty(RandomSteps run)
    {
        var (_, now) = Two(run);
        var (_, replica) = Two(run);

        Assert.All(ResourceType.InPushOrder, type =>
        {
            var diff = ResourceDiff.Between(replica.Get(type), now.Get(type));
            Assert.Equal(0, diff.Changed.Length + diff.Added.Length + diff.Removed.Length);
        });
    }

    [Property]
    public void A_X_19_Versions_depend_on_the_content_alone(RandomSteps run)
    {
        // One server has seen every change, the other starts with the last state.
        var mesh = Mesh(run.Steps);
        XdsSnapshot? worn = null;
        for (var i = 0; i <= run.Steps.Count; i += 5)
        {
            worn = Mesh(run.Steps.Take(i)).ToSnapshot(worn);
        }

        worn = mesh.ToSnapshot(worn);
        var fresh = mesh.ToSnapshot();

        Assert.All(ResourceType.InPushOrder, type =>
        {
            Assert.Equal(fresh.Get(type).Version, worn.Get(type).Version);
            Assert.Equal(
                fresh.Get(type).Items.Select(item => (item.Name, item.Version)),
                worn.Get(type).Items.Select(item => (item.Name, item.Version)));
        });
    }

    [Property]
    public void Versions_DifferWhenTheContentDiffers(RandomSteps run)
    {
        var (old, now) = Two(run);

        Assert.All(ResourceType.InPushOrder, type =>
        {
            var same = old.Get(type).Items.Select(Content).SequenceEqual(now.Get(type).Items.Select(Content));
            Assert.Equal(same, old.Get(type).Version == now.Get(type).Version);
        });
    }

    [Property]
    public void Find_AnyName_AgreesWithTheItems(RandomSteps run)
    {
        var clusters = Two(run).Now.Get(ResourceType.Cluster);

        Assert.All(RandomMesh.Services, name =>
            Assert.Same(clusters.Items.FirstOrDefault(item => item.Name == name), clusters.Find(name)));
    }

    [Property]
    public void Build_KeepsWhatDidNotChange(RandomSteps run)
    {
        var (old, now) = Two(run);

        foreach (var type in ResourceType.InPushOrder)
        {
            Assert.All(now.Get(type).Items, item =>
            {
                var before = old.Get(type).Find(item.Name);
                Assert.Equal(before?.Hash == item.Hash, ReferenceEquals(before, item));
            });
            Assert.Equal(old.Get(type).Version == now.Get(type).Version, ReferenceEquals(old.Get(type), now.Get(type)));
        }
    }

    [Property]
    public void Check_RandomMeshes_AreConsistent(RandomSteps run) =>
        Assert.Empty(SnapshotConsistency.Check(Two(run).Now));

    private static string Content(VersionedResource item) => item.Name + Convert.ToBase64String(item.Packed.Span);

    private static TestMesh Mesh(IEnumerable<Step> steps) => steps.Aggregate(TestMesh.Empty, RandomMesh.Change);

    private static (XdsSnapshot Old, XdsSnapshot Now) Two(RandomSteps run)
    {
        var old = Mesh(run.Steps.Take(run.Steps.Count - (run.Steps.Count / 6))).ToSnapshot();
        return (old, Mesh(run.Steps).ToSnapshot(old));
    }
}
