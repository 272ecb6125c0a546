using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Kubernetes.Objects;
using XdsCanary.TestKit;

namespace XdsCanary.CanaryEngine.Tests.Kubernetes;

/// <summary>
/// Makes our objects of what Flagger was recorded to start from, for each of its 14 canaries, and compares them with those that it
/// made. What differs is listed, with the reason.
/// </summary>
public sealed class RecordedObjectsTests
{
    private const string Missing = "The record of Flagger's objects is not here.";
    private const string CloneName = "H-16: copies of ConfigMaps and Secrets are named after their content";
    private const string CloneFixed = "H-16: a copy never changes";
    private const string CloneLabel = "copies say who made them, so that those that nobody uses any more can be found";
    private const string NoRestart = "H-18: nothing in the pods changes that is not the user's";
    private const string Revision = "the primary says which revision it has";
    private const string Foreign = "annotations that are not of the prefixes are not ours, and stay";

    // When, what, where: what Flagger has, what we have. C is the canary's name, # a hash or a random number.
    private static readonly (string Difference, string Reason)[] Expected =
    [
        ("made Deployment C-primary metadata.annotations.xdscanary.io/revision: - | #", Revision),
        ("made Deployment C-primary spec.template.metadata.annotations.flagger-id: # | -", NoRestart),
        ("made Deployment C-primary spec.template.spec.containers.0.env.0.valueFrom.configMapKeyRef.name: C-config-primary | C-config-primary-#", CloneName),
        ("made Deployment C-primary spec.template.spec.volumes.0.secret.secretName: C-secret-primary | C-secret-primary-#", CloneName),
        ("made ConfigMap C-config-primary immutable: - | true", CloneFixed),
        ("made ConfigMap C-config-primary metadata.labels.app.kubernetes.io/managed-by: - | xds-canary", CloneLabel),
        ("made ConfigMap C-config-primary metadata.name: C-config-primary | C-config-primary-#", CloneName),
        ("made Secret C-secret-primary immutable: - | true", CloneFixed),
        ("made Secret C-secret-primary metadata.labels.app.kubernetes.io/managed-by: - | xds-canary", CloneLabel),
        ("made Secret C-secret-primary metadata.name: C-secret-primary | C-secret-primary-#", CloneName),
        ("promoted Deployment C-primary metadata.annotations.owner: - | team-x", Foreign),
        ("promoted Deployment C-primary metadata.annotations.xdscanary.io/revision: - | #", Revision),
        ("promoted Deployment C-primary spec.template.metadata.annotations.flagger-id: # | -", NoRestart),
        ("promoted Deployment C-primary spec.template.spec.containers.0.env.0.valueFrom.configMapKeyRef.name: C-config-primary | C-config-primary-#", CloneName),
        ("promoted Deployment C-primary spec.template.spec.volumes.0.secret.secretName: C-secret-primary | C-secret-primary-#", CloneName),
        ("promoted ConfigMap C-config-primary immutable: - | true", CloneFixed),
        ("promoted ConfigMap C-config-primary metadata.labels.app.kubernetes.io/managed-by: - | xds-canary", CloneLabel),
        ("promoted ConfigMap C-config-primary metadata.name: C-config-primary | C-config-primary-#", CloneName),
        ("promoted Secret C-secret-primary immutable: - | true", CloneFixed),
        ("promoted Secret C-secret-primary metadata.labels.app.kubernetes.io/managed-by: - | xds-canary", CloneLabel),
        ("promoted Secret C-secret-primary metadata.name: C-secret-primary | C-secret-primary-#", CloneName),
    ];

    // How often each kind of object must be compared, so that the comparison cannot pass over them.
    private static readonly string[] ExpectedCounts =
    [
        "made ConfigMap 41", "made Deployment 41", "made HorizontalPodAutoscaler 2", "made Secret 41", "made Service 123",
        "promoted ConfigMap 13", "promoted Deployment 13", "promoted HorizontalPodAutoscaler 2", "promoted Secret 13", "promoted Service 39",
    ];

    private readonly SortedSet<string> _differences = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);

    [Fact]
    public void H_16_H_18_our_objects_are_Flagger_s_but_for_what_is_listed()
    {
        Assert.SkipUnless(RecordedObjects.Exist, Missing);
        var (before, initialized, progressing) = (RecordedObjects.Read(0), RecordedObjects.Read(1), RecordedObjects.Read(2));

        foreach (var seen in new[] { initialized, progressing, RecordedObjects.Read(3), RecordedObjects.Read(4) })
        {
            foreach (var name in seen.Canaries)
            {
                if (seen["Canary", name].TextAt("status", "phase") == "Succeeded")
                {
                    Compare("promoted", name, progressing, seen, initialized, live: initialized["Deployment", $"{name}-primary"]);
                }
                else
                {
                    // While a revision waits or is analysed, and after it failed, all is as it was made.
                    Compare("made", name, before, seen, initialized, live: null);
                }
            }
        }

        Assert.Equal(ExpectedCounts, _counts.Select(entry => $"{entry.Key} {entry.Value}"));
        Assert.Equal(Expected.Select(entry => entry.Difference).Order(StringComparer.Ordinal), _differences);
        Assert.All(Expected, entry => Assert.NotEmpty(entry.Reason));
    }

    [Fact]
    public void The_manual_lists_what_differs()
    {
        var table = new System.Text.StringBuilder("| when, object, field | Flagger | we | why |\n|---|---|---|---|\n");
        foreach (var (difference, reason) in Expected)
        {
            var (place, values) = (difference.Split(": ", 2)[0], difference.Split(": ", 2)[1].Split(" | "));
            table.Append($"| `{place}` | {values[0]} | {values[1]} | {reason} |\n");
        }

        GeneratedSection.Verify("docs/differences-from-flagger.md", table.ToString());
    }

    [Fact]
    public void RTR_01_RTR_04_our_TrafficSplits_are_Flagger_s()
    {
        Assert.SkipUnless(RecordedObjects.Exist, Missing);
        var initialized = RecordedObjects.Read(1);
        var seen = new HashSet<string>(StringComparer.Ordinal);

        foreach (var line in File.ReadLines(RepositoryPaths.FlaggerRecord("trafficsplits.jsonl")))
        {
            var split = JsonNode.Parse(line)!["object"] as JsonObject;
            if (split is null)
            {
                continue;
            }

            var name = split.TextAt("metadata", "name");
            var made = initialized.MadeFor(name, initialized["Deployment", name]);
            var plan = SplitObject.Read(split, made.Spec)!;
            var ours = SplitObject.Make(made.Spec, made.Owner, plan, SplitObject.VersionOf(made.Spec.Provider));
            Assert.Equal(CanonicalJson.Text(RecordedObjects.AsSent(split)), CanonicalJson.Text(ours));
            seen.Add($"{name} {plan.Canary}");
        }

        // All weights that Flagger set, of 13 canaries: the provider of the fourteenth moves no traffic.
        Assert.Equal((36, 13), (seen.Count, seen.Select(entry => entry.Split(' ')[0]).Distinct().Count()));
    }

    [Fact]
    public void H_17_taking_over_from_Flagger_finds_no_new_revision_where_there_is_none()
    {
        Assert.SkipUnless(RecordedObjects.Exist, Missing);
        var (initialized, progressing) = (RecordedObjects.Read(1), RecordedObjects.Read(2));

        foreach (var name in initialized.Canaries)
        {
            var target = initialized["Deployment", name];
            var primary = KubeSamples.TemplateOf(initialized["Deployment", $"{name}-primary"]);
            var made = initialized.MadeFor(name, target);
            var tracked = Tracked(target, initialized);

            Assert.True(PrimaryTemplate.IsOf(primary, KubeSamples.TemplateOf(target), made.Selector, name, tracked.Keys), name);
            Assert.Equal(
                CanonicalJson.Text(initialized["Canary", name].At("status", "trackedConfigs")),
                CanonicalJson.Text(ConfigTracking.StatusOf(tracked)));
            var changed = KubeSamples.TemplateOf(progressing["Deployment", name]);
            Assert.Equal(name == "configured", PrimaryTemplate.IsOf(primary, changed, made.Selector, name, tracked.Keys));
            Assert.NotEqual(
                RevisionHash.Of(KubeSamples.TemplateOf(target), tracked),
                RevisionHash.Of(changed, Tracked(progressing["Deployment", name], progressing)));
        }
    }

    [Fact]
    public void CAN_04_CAN_07_targets_are_stopped_and_started_as_Flagger_does()
    {
        Assert.SkipUnless(RecordedObjects.Exist, Missing);
        var (before, initialized, progressing) = (RecordedObjects.Read(0), RecordedObjects.Read(1), RecordedObjects.Read(2));
        var started = 0;

        foreach (var name in initialized.Canaries)
        {
            var stop = TargetScale.Stop(before["Deployment", name])!;
            Assert.Equal(initialized["Deployment", name].NumberAt("spec", "replicas"), stop.Body.NumberAt("spec", "replicas"));
            if (progressing["Canary", name].TextAt("status", "phase") == "Progressing")
            {
                var scaler = name == "scaled" ? initialized["HorizontalPodAutoscaler", name] : null;
                var start = TargetScale.Start(initialized["Deployment", name], initialized["Deployment", $"{name}-primary"], scaler)!;
                Assert.Equal(progressing["Deployment", name].NumberAt("spec", "replicas"), start.Body.NumberAt("spec", "replicas"));
                started++;
            }
        }

        Assert.True(started > 5, $"{started}");
    }

    [Fact]
    public void CAN_04_targets_are_left_as_Flagger_leaves_them_when_a_run_ends()
    {
        Assert.SkipUnless(RecordedObjects.Exist, Missing);
        var (progressing, ended) = (RecordedObjects.Read(2), RecordedObjects.Read(3));

        foreach (var name in ended.Canaries)
        {
            var target = progressing["Deployment", name];
            var ours = ended["Canary", name].TextAt("status", "phase") == "Initialized" ? target : Patched(target, TargetScale.Stop(target));
            CompareOne("ended", name, ended["Deployment", name], ours);
        }

        Assert.Empty(_differences);
        Assert.Equal(14, _counts["ended Deployment"]);
    }

    [Theory]
    [InlineData("promoted", false)]
    [InlineData("reverted", true)]
    public void CAN_04_deletion_leaves_what_Flagger_leaves(string name, bool isHandedBack)
    {
        Assert.SkipUnless(RecordedObjects.Exist, Missing);
        var (progressing, ended, deleted) = (RecordedObjects.Read(2), RecordedObjects.Read(3), RecordedObjects.Read(4));
        var target = ended["Deployment", name];
        var made = ended.MadeFor(name, target);
        var apex = ended["Service", name];

        Assert.Equal(isHandedBack, made.Spec.RevertOnDeletion);
        var ours = isHandedBack ? Patched(target, TargetScale.HandBack(target, ended["Deployment", $"{name}-primary"], null)) : target;
        CompareOne("deleted", name, deleted["Deployment", name], ours);
        Assert.Empty(_differences);
        Assert.Equal(isHandedBack ? 2 : 0, deleted["Deployment", name].NumberAt("spec", "replicas"));

        // The apex was made for the canary: it is not given back, but goes with it, as all that was made does by its owner.
        Assert.Null(ServiceHandBack.Of(apex, MadeServices.Make(made, ServiceRole.Apex, null), name, made.Selector));
        var gone = ended.Keys.Except(deleted.Keys).Where(key => key != ("Canary", name) && Belongs(ended[key.Kind, key.Name], name)).ToList();
        var owned = Made(made, progressing["Deployment", name], progressing).Append(SplitObject.Make(
            made.Spec, made.Owner, TrafficPlan.AllToPrimary, SplitObject.VersionOf(made.Spec.Provider))).ToList();
        Assert.All(owned, item => Assert.True(Belongs(item, name), item.ToJsonString()));
        Assert.Equal(
            gone.Select(key => $"{key.Kind} {key.Name}").Order(StringComparer.Ordinal),
            owned.Select(item => $"{item.TextAt("kind")} {Unhashed(item.TextAt("metadata", "name"))}").Order(StringComparer.Ordinal));
        Assert.DoesNotContain(deleted.Keys, key => Belongs(deleted[key.Kind, key.Name], name));
    }

    [Fact]
    public void CAN_10_Deployments_that_Flagger_found_ready_are_ready()
    {
        Assert.SkipUnless(RecordedObjects.Exist, Missing);
        var initialized = RecordedObjects.Read(1);

        Assert.All(initialized.Canaries, name =>
        {
            Assert.Equal(Readiness.Ready, WorkloadReadiness.OfDeployment(initialized["Deployment", $"{name}-primary"], 100).Readiness);
            Assert.Equal(Readiness.Waiting, WorkloadReadiness.OfDeployment(initialized["Deployment", name], 100).Readiness);
        });
    }

    private void Compare(
        string moment, string name, RecordedObjects inputs, RecordedObjects outputs, RecordedObjects canaries, JsonObject? live)
    {
        var target = inputs["Deployment", name];
        foreach (var item in Made(canaries.MadeFor(name, target), target, inputs, live))
        {
            CompareOne(moment, name, outputs[item.TextAt("kind"), Unhashed(item.TextAt("metadata", "name"))], item);
        }
    }

    // All that we make for a target, in a canary's name; of the primary that lives already when it is promoted.
    private static IEnumerable<JsonObject> Made(MadeFor made, JsonObject target, RecordedObjects inputs, JsonObject? live = null)
    {
        var name = target.TextAt("metadata", "name");
        var tracked = Tracked(target, inputs);
        var template = PrimaryTemplate.Of(KubeSamples.TemplateOf(target), made.Selector, name, ConfigClone.Names(tracked));
        var revision = RevisionHash.Of(KubeSamples.TemplateOf(target), tracked);
        var autoscaler = made.Spec.Autoscaler is { } scaler
            ? PrimaryAutoscaler.Make(made, inputs["HorizontalPodAutoscaler", scaler.Name])
            : null;
        return
        [
            live is null
                ? PrimaryWorkload.Make(made, target, template, revision)
                : PrimaryWorkload.Promote(made, live, target, template, revision),
            .. tracked.Keys.Select(key => ConfigClone.Make(inputs[$"{key.Kind}", key.Name], made)),
            .. Enum.GetValues<ServiceRole>().Select(role => MadeServices.Make(made, role, KubeSamples.TemplateOf(target))),
            .. autoscaler is null ? Array.Empty<JsonObject>() : [autoscaler],
        ];
    }

    private static bool Belongs(JsonObject item, string canary) => item.ItemsAt("metadata", "ownerReferences")
        .Any(owner => owner.TextAt("kind") == "Canary" && owner.TextAt("name") == canary);

    private static string Unhashed(string name) => System.Text.RegularExpressions.Regex.Replace(name, "-primary-[0-9a-f]{8}$", "-primary");

    private static JsonObject Patched(JsonObject target, ObjectPatch? patch)
    {
        var next = target.Copy();
        if (patch is not null)
        {
            next.Ensure("spec")["replicas"] = patch.Body.NumberAt("spec", "replicas");
        }

        return next;
    }

    private void CompareOne(string moment, string canary, JsonObject theirs, JsonObject ours)
    {
        var kind = theirs.TextAt("kind");
        var (left, right) = (Leaves(RecordedObjects.AsSent(theirs)), Leaves(RecordedObjects.AsSent(ours)));
        foreach (var path in left.Keys.Union(right.Keys))
        {
            var (their, our) = (left.GetValueOrDefault(path, "-"), right.GetValueOrDefault(path, "-"));
            if (their != our)
            {
                var text = $"{moment} {kind} {theirs.TextAt("metadata", "name")} {path}: {their} | {our}";
                _differences.Add(Generalised(text, canary));
            }
        }

        _counts[$"{moment} {kind}"] = _counts.GetValueOrDefault($"{moment} {kind}") + 1;
    }

    private static string Generalised(string text, string canary) => System.Text.RegularExpressions.Regex.Replace(
        text.Replace($" {canary}-", " C-", StringComparison.Ordinal),
        "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16}|(?<=-)[0-9a-f]{8}$",
        "#");

    private static Dictionary<string, string> Leaves(JsonObject item)
    {
        var leaves = new Dictionary<string, string>(StringComparer.Ordinal);
        Walk(item, string.Empty);
        return leaves;

        void Walk(JsonNode? node, string path)
        {
            switch (node)
            {
                case JsonObject parent when parent.Count > 0:
                    foreach (var (name, child) in parent)
                    {
                        Walk(child, path.Length == 0 ? name : $"{path}.{name}");
                    }

                    break;
                case JsonArray list:
                    foreach (var (index, child) in list.Index())
                    {
                        Walk(child, $"{path}.{index}");
                    }

                    break;
                default:
                    leaves[path] = Fields.Text(node) ?? CanonicalJson.Text(node);
                    break;
            }
        }
    }

    private static System.Collections.Immutable.ImmutableSortedDictionary<ConfigKey, string> Tracked(
        JsonObject target, RecordedObjects objects)
    {
        var references = ConfigReferences.Of(KubeSamples.TemplateOf(target));
        var found = references.ToDictionary(reference => reference.Key, reference => objects[$"{reference.Key.Kind}", reference.Key.Name]);
        return ConfigTracking.Of(references, found, "test");
    }
}
