using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Xunit;
using XdsCanary.CanaryEngine.Kubernetes.Objects;
using static XdsCanary.CanaryEngine.Tests.Kubernetes.KubeSamples;

namespace XdsCanary.CanaryEngine.Tests.Kubernetes;

public sealed class RevisionHashTests
{
    private const string Pod = """
        volumes: [{name: a, configMap: {name: a}}, {name: b, emptyDir: {}}, {name: c, hostPath: {path: /x, type: Directory}}]
              affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: z, labelSelector: {}, namespaceSelector: {}}]}}
              tolerations: [{key: a, operator: Exists}]
              nodeSelector: {disk: ssd}
              serviceAccountName: web
              serviceAccount: web
        """;

    // Fields that an API server of this or another release fills in, and empty ones.
    private static readonly (string[] Path, string Name, string Json)[] Silent =
    [
        ([], "status", "null"),
        (["metadata"], "creationTimestamp", "null"),
        (["metadata", "annotations"], "none", "null"),
        (["spec"], "hostNetwork", "false"),
        (["spec"], "enableServiceLinks", "true"),
        (["spec"], "hostAliases", "[]"),
        (["spec"], "futureField", "{}"),
        (["spec"], "futureList", "[]"),
        (["spec", "containers", "0"], "livenessProbe", "null"),
        (["spec", "containers", "0"], "securityContext", "{\"capabilities\":{\"add\":[]}}"),
        (["spec", "containers", "0"], "terminationMessagePolicy", "\"File\""),
        (["spec", "containers", "0", "readinessProbe"], "timeoutSeconds", "1"),
        (["spec", "containers", "0", "readinessProbe", "httpGet"], "scheme", "\"HTTP\""),
        (["spec", "containers", "0", "resources"], "claims", "[]"),
        (["spec", "volumes", "0", "configMap"], "defaultMode", "420"),
        (["spec", "volumes", "0", "configMap"], "optional", "false"),
        (["spec", "nodeSelector"], "flagger.app/scale-to-zero", "\"true\""),
    ];

    private static JsonObject Template
    {
        get
        {
            var template = TemplateOf(Workload(pod: Pod));
            template["spec"]!["containers"]![0]!["readinessProbe"] = Read("{httpGet: {port: 80}, periodSeconds: 5}");
            return template;
        }
    }

    [Theory]
    [InlineData("Deployment")]
    [InlineData("DaemonSet")]
    public void CAN_06_CAN_19_changed_resources_are_a_revision_and_the_former_ones_are_the_former_revision(string kind)
    {
        string Hash(string cpu)
        {
            var template = TemplateOf(Workload(kind));
            template["spec"]!["containers"]![0]!["resources"]!["requests"]!["cpu"] = cpu;
            return RevisionHash.Of(template, []);
        }

        Assert.Equal(3, new[] { Hash("100m"), Hash("200m"), Hash("300m") }.Distinct().Count());
        Assert.Equal(Hash("100m"), Hash("100m"));
        Assert.Matches("^[0-9a-f]{16}$", Hash("100m"));
    }

    [Fact]
    public void CAN_19_scaling_a_DaemonSet_is_no_revision()
    {
        var running = Workload("DaemonSet");
        var stopped = Workload("DaemonSet", pod: "nodeSelector: {flagger.app/scale-to-zero: 'true'}");

        Assert.Equal(RevisionHash.Of(TemplateOf(running), []), RevisionHash.Of(TemplateOf(stopped), []));
    }

    [Fact]
    public void CAN_06_changed_settings_are_a_revision_in_whatever_order_they_are_listed()
    {
        var (map, secret) = (new ConfigKey(ConfigKind.ConfigMap, "a"), new ConfigKey(ConfigKind.Secret, "a"));
        string Hash(params KeyValuePair<ConfigKey, string>[] tracked) => RevisionHash.Of(Template, tracked);

        Assert.Equal(Hash(new(map, "1"), new(secret, "2")), Hash(new(secret, "2"), new(map, "1")));
        Assert.Equal(
            4,
            new[] { Hash(), Hash(new(map, "1"), new(secret, "2")), Hash(new(map, "2"), new(secret, "2")), Hash(new KeyValuePair<ConfigKey, string>(map, "1")) }
                .Distinct().Count());
    }

    [Property(MaxTest = 300)]
    public void H_17_order_of_keys_nulls_and_defaults_are_no_revision(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        var template = Template;
        foreach (var (path, name, json) in Silent.Where(_ => random.Next(2) == 0))
        {
            Find(template, path)[name] = JsonNode.Parse(json);
        }

        Assert.Equal(RevisionHash.Of(Template, []), RevisionHash.Of(Shuffled(template, random).AsObject(), []));
    }

    [Fact]
    public void H_17_defaults_inside_what_is_written_are_no_revision()
    {
        string Hash(string probe, string limits, string image)
        {
            var template = Template;
            var container = template["spec"]!["containers"]![0]!.AsObject();
            container["readinessProbe"] = Read(probe);
            container["resources"] = Read(limits);
            container["image"] = image;
            container.Remove("imagePullPolicy");
            if (image == "podinfo")
            {
                container["imagePullPolicy"] = "Always";
            }

            return RevisionHash.Of(template, []);
        }

        var written = Hash("httpGet: {port: 80}", "limits: {cpu: '1'}", "podinfo");
        Assert.Equal(
            written,
            Hash(
                "{httpGet: {port: 80, path: /, scheme: HTTP}, timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3}",
                "{limits: {cpu: '1'}, requests: {cpu: '1'}}",
                "podinfo"));
        Assert.NotEqual(written, Hash("{httpGet: {port: 80}, periodSeconds: 5}", "limits: {cpu: '1'}", "podinfo"));
        Assert.NotEqual(written, Hash("httpGet: {port: 80}", "{limits: {cpu: '1'}, requests: {cpu: 500m}}", "podinfo"));
    }

    [Theory]
    [InlineData("podinfo:1", "IfNotPresent")]
    [InlineData("registry:5000/podinfo", "Always")]
    [InlineData("podinfo:latest", "Always")]
    [InlineData("podinfo@sha256:abc", "IfNotPresent")]
    public void H_17_pull_policy_that_the_image_asks_for_is_no_revision(string image, string policy)
    {
        string Hash(string? written)
        {
            var template = Template;
            template["spec"]!["containers"]![0]!["image"] = image;
            template["spec"]!["containers"]![0]!["imagePullPolicy"] = written;
            return RevisionHash.Of(template, []);
        }

        Assert.Equal(Hash(null), Hash(policy));
        Assert.NotEqual(Hash(null), Hash("Never"));
    }

    [Fact]
    public void H_17_empty_selectors_and_volumes_of_a_kind_say_something()
    {
        string Hash(Action<JsonObject> change)
        {
            var template = Template;
            change(template);
            return RevisionHash.Of(template, []);
        }

        JsonObject Term(JsonObject template) =>
            template.ItemsAt("spec", "affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution").Single();

        var whole = Hash(_ => { });
        Assert.NotEqual(whole, Hash(template => Term(template).Remove("namespaceSelector")));
        Assert.NotEqual(whole, Hash(template => Term(template).Remove("labelSelector")));
        Assert.Equal(whole, Hash(template => template["spec"]!["volumes"]![1]!.AsObject().Remove("emptyDir")));
        Assert.NotEqual(whole, Hash(template => template["spec"]!["volumes"]![1] = Read("{name: b, downwardAPI: {}}")));
        Assert.NotEqual(whole, Hash(template => template["metadata"]!["labels"]!["restartPolicy"] = "Always"));
    }

    [Property(MaxTest = 300)]
    public void H_17_any_field_of_the_user_is_a_revision(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        var written = TemplateForm.Of(Template);
        var changed = written.Copy();
        var leaves = Leaves(changed).ToList();
        var (parent, name) = leaves[random.Next(leaves.Count)];
        if (random.Next(3) == 0)
        {
            Remove(parent, name);
        }
        else
        {
            Set(parent, name, $"changed-{random.Next()}");
        }

        Assert.NotEqual(RevisionHash.Of(written, []), RevisionHash.Of(changed, []));
        Assert.Equal(RevisionHash.Of(Template, []), RevisionHash.Of(written, []));
    }

    private static JsonObject Find(JsonNode node, string[] path)
    {
        foreach (var step in path)
        {
            node = int.TryParse(step, out var index) ? node[index]! : node[step]!;
        }

        return node.AsObject();
    }

    private static JsonNode Shuffled(JsonNode node, Random random) => node switch
    {
        JsonObject item => new JsonObject(item.ToList().OrderBy(_ => random.Next())
            .Select(entry => KeyValuePair.Create(entry.Key, entry.Value is null ? null : (JsonNode?)Shuffled(entry.Value, random)))),
        JsonArray list => new JsonArray([.. list.Select(item => Shuffled(item!, random))]),
        _ => node.DeepClone(),
    };

    private static IEnumerable<(JsonNode Parent, object Name)> Leaves(JsonNode node) => node switch
    {
        JsonObject item => item.ToList().SelectMany(entry => Below(item, entry.Key, entry.Value!)),
        JsonArray list => list.ToList().SelectMany((child, index) => Below(list, index, child!)),
        _ => [],
    };

    private static IEnumerable<(JsonNode Parent, object Name)> Below(JsonNode parent, object name, JsonNode child) =>
        child is JsonValue ? [(parent, name)] : Leaves(child);

    private static void Remove(JsonNode parent, object name)
    {
        if (name is string key)
        {
            parent.AsObject().Remove(key);
        }
        else
        {
            parent.AsArray().RemoveAt((int)name);
        }
    }

    private static void Set(JsonNode parent, object name, string value)
    {
        if (name is string key)
        {
            parent[key] = value;
        }
        else
        {
            parent[(int)name] = value;
        }
    }
}
