using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Xunit;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Kubernetes.Objects;
using XdsCanary.CanaryEngine.Tests.Resources;
using static XdsCanary.CanaryEngine.Tests.Kubernetes.KubeSamples;

namespace XdsCanary.CanaryEngine.Tests.Kubernetes;

public sealed class SplitObjectTests
{
    private static readonly CanarySpec Spec = CanaryManifest.Accept(CanaryManifest.Write(service: "name: front, port: 80"));

    private static readonly CanaryOwner Owner = new("web", "uid-1");

    [Theory]
    [InlineData("v1alpha1", "'0'", "'100'")]
    [InlineData("v1alpha2", "0", "100")]
    [InlineData("v1alpha3", "0", "100")]
    public void RTR_01_RTR_02_RTR_03_a_new_split_has_all_traffic_on_the_primary(string version, string canary, string primary) => AssertJson(
        $$$$"""
        apiVersion: split.smi-spec.io/{{{{version}}}}
        kind: TrafficSplit
        metadata:
          name: front
          namespace: test
          ownerReferences: [{apiVersion: flagger.app/v1beta1, blockOwnerDeletion: true, controller: true, kind: Canary, name: web, uid: uid-1}]
        spec: {service: front, backends: [{service: front-canary, weight: {{{{canary}}}}}, {service: front-primary, weight: {{{{primary}}}}}]}
        """,
        SplitObject.Make(Spec, Owner, TrafficPlan.AllToPrimary, version));

    [Fact]
    public void RTR_01_RTR_02_RTR_03_another_name_is_another_split_of_the_service_that_Envoys_route()
    {
        var renamed = CanaryManifest.Accept(CanaryManifest.Write(service: "name: test, port: 80, hosts: [shop.example.com, x]"));

        var split = SplitObject.Make(renamed, Owner, TrafficPlan.AllToPrimary, "v1alpha2");

        Assert.Equal(("test", "test"), (split.TextAt("metadata", "name"), split.TextAt("spec", "service")));
    }

    [Theory]
    [InlineData("v1alpha1")]
    [InlineData("v1alpha2")]
    [InlineData("v1alpha4")]
    public void CTL_66_a_released_split_names_no_service_that_goes_with_the_canary(string version)
    {
        var split = SplitObject.MakeReleased(Spec, Owner, version);

        Assert.Equal(["front"], split.ItemsAt("spec", "backends").Select(backend => backend.TextAt("service")));
        Assert.True(SplitObject.IsReleased(split, Spec));
        Assert.Null(SplitObject.Read(split, Spec));
        Assert.False(SplitObject.IsReleased(SplitObject.Make(Spec, Owner, new TrafficPlan(0, 100), version), Spec));
    }

    [Theory]
    [InlineData("v1alpha1", "'50'")]
    [InlineData("v1alpha2", "50")]
    [InlineData("v1alpha3", "50")]
    public void RTR_04_RTR_05_RTR_06_weights_are_written_as_the_version_has_them(string version, string weight) => AssertJson(
        $$$$"""{x: [{service: front-canary, weight: {{{{weight}}}}}, {service: front-primary, weight: {{{{weight}}}}}]}""",
        new JsonObject { ["x"] = SplitObject.Make(Spec, Owner, new TrafficPlan(50, 50), version).At("spec", "backends")!.DeepClone() });

    [Theory]
    [InlineData("v1alpha1")]
    [InlineData("v1alpha2")]
    [InlineData("v1alpha3")]
    public void RTR_07_RTR_08_RTR_09_what_was_written_is_read(string version) => Assert.Equal(
        TrafficPlan.AllToPrimary, SplitObject.Read(SplitObject.Make(Spec, Owner, TrafficPlan.AllToPrimary, version), Spec));

    [Theory]
    [InlineData("'20'", "'80'", 20)]
    [InlineData("20", "80", 20)]
    [InlineData("500m", "500m", 50)]
    [InlineData("500m", "1500m", 25)]
    [InlineData("1", "1", 50)]
    [InlineData("null", "100", 0)]
    [InlineData("1e2", "0", 100)]
    [InlineData("1k", "3k", 25)]
    public void RTR_07_RTR_08_RTR_09_every_spelling_of_a_weight_is_read(string canary, string primary, int percent)
    {
        var split = Read($"{{spec: {{backends: [{{service: front-primary, weight: {primary}}}, {{service: front-canary, weight: {canary}}}, {{service: x, weight: 0}}]}}}}");

        Assert.Equal(new TrafficPlan(100 - percent, percent), SplitObject.Read(split, Spec));
    }

    [Theory]
    [InlineData("{service: x, weight: 900}", 8, 2)]
    [InlineData("{service: x, weight: '25'}", 64, 16)]
    [InlineData("{service: x, weight: 1m}", 79, 20)]
    [InlineData("{service: x, weight: many}", 79, 20)]
    [InlineData("{service: front-canary, weight: 100}", 40, 60)]
    public void RTR_07_a_share_that_somebody_gave_makes_it_none_of_the_canary_s_plans(string backend, int primary, int canary)
    {
        var split = SplitObject.Make(Spec, Owner, new TrafficPlan(80, 20), "v1alpha2");
        split.At("spec", "backends")!.AsArray().Add(Read(backend));

        Assert.Equal(new TrafficPlan(primary, canary), SplitObject.Read(split, Spec));
    }

    [Theory]
    [InlineData("[{service: x, weight: 100}]")]
    [InlineData("[{service: front-canary, weight: 0}, {service: front-primary, weight: 0}]")]
    [InlineData("[{service: front-canary, weight: -1}, {service: front-primary, weight: 2}]")]
    [InlineData("[{service: front-canary, weight: 2}, {service: front-primary, weight: -1}]")]
    [InlineData("[{service: front-canary, weight: many}, {service: front-primary, weight: 1}]")]
    [InlineData("[]")]
    public void RTR_07_a_split_without_weights_of_the_canary_s_services_is_no_plan(string backends) =>
        Assert.Null(SplitObject.Read(Read($"{{spec: {{backends: {backends}}}}}"), Spec));

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"mirror":{"percent":"many"}}""")]
    [InlineData("""{"match":[{"headers":[{"name":"a"}]}]}""")]
    [InlineData("""{"affinity":{"maxAgeSeconds":0.5}}""")]
    public void Annotation_that_is_not_ours_is_no_plan(string routing)
    {
        var split = SplitObject.Make(Spec, Owner, TrafficPlan.AllToPrimary, "v1alpha2");
        split["metadata"]!["annotations"] = new JsonObject { ["xdscanary.io/routing"] = routing };

        Assert.Null(SplitObject.Read(split, Spec));
    }

    [Theory]
    [InlineData("", "v1alpha2")]
    [InlineData("smi:crossover", "v1alpha2")]
    [InlineData("linkerd", "v1alpha1")]
    [InlineData("smi:v1alpha1:mesh", "v1alpha1")]
    [InlineData("smi:v1alpha3", "v1alpha3")]
    public void RTR_01_provider_says_the_version(string provider, string version) => Assert.Equal(version, SplitObject.VersionOf(provider));

    [Property(MaxTest = 500)]
    public void RTR_04_every_plan_is_read_as_it_was_written(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        var weight = random.Next(101);
        var plan = new TrafficPlan(100 - weight, weight)
        {
            MirrorPercent = random.Next(2) * random.Next(101),
            Match = Some(random, () => new RequestMatch(Some(random, () => Named(random)), Some(random, () => Named(random)))),
            Affinity = random.Next(2) == 0 ? null : new AffinityPlan(
                Text(random), Text(random), Text(random), TimeSpan.FromSeconds(random.Next(3) * random.Next(100_000)),
                TimeSpan.FromSeconds(random.Next(3) * random.Next(100_000)), Text(random)),
        };

        var split = SplitObject.Make(Spec, Owner, plan, $"v1alpha{random.Next(1, 4)}");

        Assert.Equal(plan, SplitObject.Read(JsonNode.Parse(split.ToJsonString())!.AsObject(), Spec));
    }

    private static EquatableArray<T> Some<T>(Random random, Func<T> one) =>
        Enumerable.Range(0, random.Next(4)).Select(_ => one()).ToEquatableArray();

    private static NamedMatch Named(Random random) => new(
        Text(random), new TextMatch(Enum.GetValues<TextMatchKind>()[random.Next(4)], Text(random)));

    private static string Text(Random random) => random.Next(4) switch
    {
        0 => string.Empty,
        1 => "name=value; Path=/",
        2 => "^\"[<>&]+'\u00e9\\.$",
        _ => $"text-{random.Next(10)}",
    };
}
