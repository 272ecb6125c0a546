using XdsCanary.CanaryEngine.Reconcile;
using XdsCanary.CanaryEngine.Resources;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Tests.Reconcile;

/// <summary>Who stays of two canaries with one target, whatever a process has seen before.</summary>
public sealed class CatalogContentTests
{
    private const string Earlier = "creationTimestamp: '2026-01-01T00:00:00Z'";
    private const string Later = "creationTimestamp: '2026-01-02T00:00:00Z'";

    private static readonly NamespacedName Rival = new("test", "a-rival");
    private static readonly MapperOptions Options = new() { Standalone = true };

    [Theory]
    [InlineData(Later, Earlier, "web")]
    [InlineData(Earlier, Later, "a-rival")]
    [InlineData(Earlier, Earlier, "a-rival")]
    [InlineData("", Earlier, "web")]
    [InlineData("", "", "a-rival")]
    public void Process_that_has_seen_neither_keeps_the_older_else_the_first_by_name(string rival, string web, string stays)
    {
        var content = CatalogContent.Empty.Read(Set(Canary("a-rival", rival), Canary("web", web)), Options);

        Assert.Equal(stays, Staying(content));
    }

    [Theory]
    [InlineData(Later, Earlier, "web")]
    [InlineData(Earlier, Later, "a-rival")]
    [InlineData(Earlier, Earlier, "a-rival")]
    [InlineData("", "", "web")]
    public void Process_that_knew_one_decides_the_same_but_for_those_without_a_time(string rival, string web, string stays)
    {
        var content = CatalogContent.Empty.Read(Set(Canary("web", web)), Options)
            .Read(Set(Canary("a-rival", rival), Canary("web", web)), Options);

        Assert.Equal(stays, Staying(content));
    }

    [Fact]
    public void One_that_has_served_stays_whatever_was_made_before_it()
    {
        var served = $"{Canary("web", Later)}\nstatus: {{phase: Progressing, lastPromotedSpec: abc}}";

        var content = CatalogContent.Empty.Read(Set(Canary("a-rival", Earlier), served), Options);

        Assert.Equal("web", Staying(content));
    }

    [Fact]
    public void One_that_has_to_stand_back_is_still_known_to_be_deleted()
    {
        var rival = Canary("a-rival", $"{Later}, deletionTimestamp: '2026-01-03T00:00:00Z'");

        var content = CatalogContent.Empty.Read(Set(rival, Canary("web", Earlier)), Options);

        Assert.Null(content.Canaries[Rival].Spec);
        Assert.True(content.Canaries[Rival].IsDeleted);
    }

    [Theory]
    [InlineData("uid-1", true)]
    [InlineData("uid-2", false)]
    public void What_was_last_accepted_is_of_the_same_object(string uid, bool isKept)
    {
        var broken = Canary("web", $"uid: {uid}").Replace("targetRef:", "targetReference:", StringComparison.Ordinal);

        var content = CatalogContent.Empty.Read(Set(Canary("web", "uid: uid-1")), Options).Read(Set(broken), Options);

        var entry = content.Canaries[new NamespacedName("test", "web")];
        Assert.NotEmpty(entry.Problems);
        Assert.Equal(isKept, entry.Spec is not null);
    }

    private static string Staying(CatalogContent content) =>
        Assert.Single(content.Canaries, pair => pair.Value.Spec is not null).Key.Name;

    private static ObjectSet Set(params string[] manifests) => EngineSamples.Set(manifests);

    private static string Canary(string name, string metadata) => EngineSamples.Canary(name).Replace(
        "namespace: test}", metadata.Length == 0 ? "namespace: test}" : $"namespace: test, {metadata}}}", StringComparison.Ordinal);
}
