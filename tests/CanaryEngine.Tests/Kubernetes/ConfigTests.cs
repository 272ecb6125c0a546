using System.Collections.Immutable;
using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Kubernetes.Objects;
using XdsCanary.CanaryEngine.Ports;
using static XdsCanary.CanaryEngine.Tests.Kubernetes.KubeSamples;

namespace XdsCanary.CanaryEngine.Tests.Kubernetes;

/// <summary>References to ConfigMaps and Secrets, which of them belong to a revision, and their copies.</summary>
public sealed class ConfigTests
{
    // One of each way to refer.
    private const string Containers = """
        env: [{name: A, valueFrom: {configMapKeyRef: {name: env, key: a}}}, {name: B, valueFrom: {secretKeyRef: {name: s-env, key: b}}}, {name: C, value: c}]
                envFrom: [{configMapRef: {name: all}}, {secretRef: {name: s-all}}]
        """;

    private const string Pod = """
        volumes:
              - {name: a, configMap: {name: vol, defaultMode: 420}}
              - {name: b, secret: {secretName: s-vol, defaultMode: 420}}
              - {name: c, projected: {sources: [{configMap: {name: proj}}, {secret: {name: s-proj}}, {serviceAccountToken: {path: token}}]}}
              - {name: d, configMap: {name: off}}
              - {name: e, emptyDir: {}}
              initContainers:
              - name: init
                image: podinfo:1
                env: [{name: A, valueFrom: {configMapKeyRef: {name: init-env, key: a}}}, {name: B, valueFrom: {secretKeyRef: {name: s-init-env, key: b}}}]
                envFrom: [{configMapRef: {name: init-all}}, {secretRef: {name: s-init-all}}]
        """;

    private static readonly string[] Maps = ["all", "env", "init-all", "init-env", "proj", "vol"];

    [Theory]
    [InlineData("Deployment")]
    [InlineData("DaemonSet")]
    public void CAN_26_CAN_27_CAN_28_CAN_29_every_way_to_refer_is_found_and_renamed(string kind)
    {
        var target = WithConfigs(kind);
        var template = TemplateOf(target);

        var references = ConfigReferences.Of(template);
        var tracked = ConfigTracking.Of(references, Found(references), "test");
        var made = Made(kind: kind);
        var primary = PrimaryTemplate.Of(template, made.Selector, null, ConfigClone.Names(tracked));

        Assert.Equal(
            [.. Maps.Append("off").Order(StringComparer.Ordinal).Select(name => $"configmap/{name}"), .. Maps.Select(name => $"secret/s-{name}")],
            references.Select(reference => $"{reference.Key}"));
        Assert.Equal([.. Maps.Select(name => $"configmap/{name}"), .. Maps.Select(name => $"secret/s-{name}")], tracked.Keys.Select(key => $"{key}"));
        var renamed = ConfigReferences.Of(primary);
        Assert.Equal(13, renamed.Count);
        Assert.All(renamed, reference => Assert.True(
            reference.Key.Name == "off" || reference.Key.Name.Contains("-primary-", StringComparison.Ordinal), reference.Key.Name));
        Assert.Equal(references, ConfigReferences.Of(template));
    }

    [Theory]
    [InlineData("Deployment")]
    [InlineData("DaemonSet")]
    public void CAN_05_CAN_18_without_tracking_nothing_is_copied_and_the_originals_are_used(string kind)
    {
        var template = TemplateOf(WithConfigs(kind));

        var tracked = ConfigTracking.Of([], ImmutableDictionary<ConfigKey, JsonObject>.Empty, "test");
        var primary = PrimaryTemplate.Of(template, Made(kind: kind).Selector, null, ConfigClone.Names(tracked));

        Assert.Equal(ConfigReferences.Of(template), ConfigReferences.Of(primary));
    }

    [Theory]
    [InlineData("flagger.app/config-tracking: disabled", false)]
    [InlineData("flagger.app/config-tracking: disable", false)]
    [InlineData("flagger.app/config-tracking: enabled", true)]
    [InlineData("example.com/config-tracking: disabled", true)]
    public void CAN_25_annotation_turns_tracking_off(string annotation, bool isTracked) => Assert.Equal(
        isTracked, ConfigTracking.IsTracked(Read($"{{kind: ConfigMap, metadata: {{name: a, annotations: {{ {annotation} }}}}}}")));

    [Theory]
    [InlineData("Opaque", true)]
    [InlineData("kubernetes.io/basic-auth", true)]
    [InlineData("kubernetes.io/ssh-auth", true)]
    [InlineData("kubernetes.io/tls", true)]
    [InlineData("kubernetes.io/dockerconfigjson", false)]
    [InlineData("helm.sh/release.v1", false)]
    public void CAN_28_only_secrets_of_users_are_tracked(string type, bool isTracked) =>
        Assert.Equal(isTracked, ConfigTracking.IsTracked(Read($"{{kind: Secret, metadata: {{name: a}}, type: {type}}}")));

    [Fact]
    public void CAN_31_what_is_not_optional_must_be_there_and_all_that_is_missing_is_told()
    {
        var template = TemplateOf(Workload(pod: """
            volumes:
                  - {name: a, configMap: {name: a}}
                  - {name: b, configMap: {name: b, optional: false}}
                  - {name: c, configMap: {name: c, optional: true}}
                  - {name: d, secret: {secretName: d}}
            """));

        var fault = Assert.Throws<WorkloadException>(() =>
            ConfigTracking.Of(ConfigReferences.Of(template), ImmutableDictionary<ConfigKey, JsonObject>.Empty, "test"));

        Assert.Equal(
            "configmap a.test get query error: configmaps \"a\" not found; configmap b.test get query error: configmaps \"b\" not found; "
            + "secret d.test get query error: secrets \"d\" not found",
            fault.Message);
    }

    // In Flagger the use that comes last decides.
    [Theory]
    [InlineData("true", "true", true)]
    [InlineData("true", "false", false)]
    [InlineData("false", "true", false)]
    public void CAN_31_a_reference_is_optional_only_if_every_use_is(string first, string second, bool isOptional)
    {
        var template = TemplateOf(Workload(pod: $$$$"""
            volumes: [{name: a, configMap: {name: a, optional: {{{{first}}}} }}, {name: b, projected: {sources: [{configMap: {name: a, optional: {{{{second}}}} }}]}}]
            """));

        Assert.Equal([new ConfigReference(new ConfigKey(ConfigKind.ConfigMap, "a"), isOptional)], ConfigReferences.Of(template));
    }

    [Fact]
    public void CAN_12_tracked_configs_are_named_by_kind_and_name()
    {
        var key = new ConfigKey(ConfigKind.Secret, "token");
        var tracked = ConfigTracking.Of(
            [new ConfigReference(key, false)],
            new Dictionary<ConfigKey, JsonObject> { [key] = Read("{kind: Secret, metadata: {name: token}, type: Opaque, data: {token: dA==}}") },
            "test");

        AssertJson("{secret/token: a234d709698afa72}", ConfigTracking.StatusOf(tracked));
    }

    [Fact]
    public void H_16_copies_have_everything_and_never_change()
    {
        var config = Read("""
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: settings, namespace: test, labels: {team: x, color: red}, annotations: {note: a}, uid: other, resourceVersion: '9'}
            data: {color: blue}
            binaryData: {logo: AAEC}
            """);

        var clone = ConfigClone.Make(config, Made(prefixes: "team"));

        AssertJson(
            $$$$"""
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: settings-primary-{{{{ConfigTracking.Checksum(config)[..8]}}}}
              namespace: test
              labels: {team: x, app.kubernetes.io/managed-by: xds-canary}
              ownerReferences: [{apiVersion: flagger.app/v1beta1, blockOwnerDeletion: true, controller: true, kind: Canary, name: web, uid: uid-1}]
            data: {color: blue}
            binaryData: {logo: AAEC}
            immutable: true
            """,
            clone);
        Assert.Equal("Opaque", ConfigClone.Make(Read("{kind: Secret, metadata: {name: a}, type: Opaque}"), Made()).TextAt("type"));
    }

    [Fact]
    public void H_16_other_content_is_another_copy_and_equal_content_the_same()
    {
        string Name(string content) => ConfigClone.Make(
            Read($"{{kind: ConfigMap, metadata: {{name: settings}}, {content}}}"), Made()).TextAt("metadata", "name");

        Assert.Equal(Name("data: {a: '1', b: '2'}"), Name("data: {b: '2', a: '1'}"));
        Assert.Equal(
            4,
            new[] { "data: {a: '1'}", "data: {a: '2'}", "binaryData: {a: MQ==}", "data: {a: '1'}, binaryData: {a: MQ==}" }
                .Select(Name).Distinct().Count());
    }

    [Fact]
    public void H_16_name_of_a_copy_is_never_too_long()
    {
        var name = ConfigClone.Name(new string('a', 253), "0123456789abcdef");

        Assert.Equal(253, name.Length);
        Assert.EndsWith("a-primary-01234567", name, StringComparison.Ordinal);
    }

    [Fact]
    public void CAN_32_a_copy_that_two_canaries_share_has_two_owners_and_one_controller()
    {
        var clone = ConfigClone.Make(Read("{kind: ConfigMap, metadata: {name: settings}, data: {a: b}}"), Made());
        var other = new CanaryOwner("shop", "uid-2");

        var shared = other.AddTo(clone)!;

        Assert.Equal(
            ["web False", "shop True"],
            shared.ItemsAt("metadata", "ownerReferences").Select(owner => $"{owner.TextAt("name")} {owner.IsTrueAt("controller")}"));
        Assert.Single(clone.ItemsAt("metadata", "ownerReferences"));
        Assert.Null(other.AddTo(shared));
        Assert.Null(new CanaryOwner("web", "uid-1").AddTo(shared));
    }

    private static JsonObject WithConfigs(string kind)
    {
        var target = Workload(kind, pod: Pod);
        var container = target["spec"]!["template"]!["spec"]!["containers"]![0]!.AsObject();
        foreach (var (name, value) in Read($"x:\n        {Containers}").ObjectAt("x")!.ToList())
        {
            container[name] = value?.DeepClone();
        }

        return target;
    }

    private static Dictionary<ConfigKey, JsonObject> Found(EquatableArray<ConfigReference> references) => references.ToDictionary(
        reference => reference.Key,
        reference => Read(
            $"{{kind: {reference.Key.Kind}, metadata: {{name: {reference.Key.Name}, annotations: {{flagger.app/config-tracking: {(reference.Key.Name == "off" ? "disabled" : "on")}}}}}, type: Opaque, data: {{a: b}}}}"));
}
