using System.Text.Json.Nodes;
using XdsCanary.Kubernetes.Tests.Canaries;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Cluster;

namespace XdsCanary.Kubernetes.Tests.Guide;

/// <summary>The rights that the chart gives the server are enough for everything it does, and none is too many.</summary>
public sealed class AuditTests
{
    // Where the release is.
    private const string Home = "test";
    private const string Account = "xds-canary";
    private const string Next = "podinfo:6.0.1";

    /// <summary>What the server needs, though its log does not show it; what is asked of the API server shows nothing else.</summary>
    private static readonly string[] Unseen =
    [
        // To apply an object that is not there takes it; the log says patch.
        "create trafficsplits.split.smi-spec.io",

        // The admission plugin that is on in this cluster asks whether the owner of what is made may be named.
        "update canaries/finalizers.flagger.app",
    ];

    private const string Targets =
        """
        apiVersion: v1
        kind: Service
        metadata: {name: podinfo, namespace: test, labels: {kept: "yes"} }
        spec: {selector: {app: podinfo}, ports: [{name: http, port: 80, targetPort: 9898}]}
        ---
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: agent, namespace: test}
        spec:
          selector: {matchLabels: {app: agent} }
          template:
            metadata: {labels: {app: agent} }
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - name: podinfod
                image: podinfo:6.0.0
                envFrom: [{configMapRef: {name: podinfo-config-env} }, {secretRef: {name: podinfo-secret-env} }]
                ports: [{name: http, containerPort: 9898}]

        """;

    // Without a gateway where another namespace is watched: the chart makes none that it could not serve.
    [Theory(Explicit = true)]
    [InlineData("envoy: {enabled: true}", "test", "clusterroles/test:xds-canary", "namespaces/test/roles/xds-canary-lease")]
    [InlineData(
        "namespaced: true\nenvoy: {enabled: true}", "test", "namespaces/test/roles/xds-canary", "namespaces/test/roles/xds-canary-lease")]
    [InlineData(
        "namespaced: true\nwatchNamespace: shop",
        "shop",
        "namespaces/shop/roles/xds-canary",
        "namespaces/test/roles/xds-canary-lease",
        "namespaces/test/roles/xds-canary-peers")]
    public async Task Every_right_of_the_server_is_used_and_no_request_is_refused_for_lack_of_one(
        string values, string place, params string[] roles)
    {
        using var folder = new TemporaryFolder();
        await using var cluster = await TestCluster.StartAsync(new ClusterOptions
        {
            Images = GuideImages.Create(folder),
            Namespaces = [place],
            BareNamesOf = null,
            ControlPlane = new ControlPlaneOptions
            {
                AuditPolicy = AuditedRequest.Policy,
                ApiServerArguments = ["--enable-admission-plugins=OwnerReferencesPermissionEnforcement"],
            },
        });
        using (var shell = new GuideShell(cluster.ControlPlane.AdminKubeconfig))
        {
            var installed = await shell.RunAsync(new GuideStep(0, "Install", Install(values), ExpectedOutput.Nothing, false, null));
            Assert.True(installed.Fault is null, installed.Output);
        }

        await PlayAsync(new CanaryPlace(cluster, place));

        var requests = await AuditedRequest.ReadAsync(cluster.ControlPlane.AuditLogFile);
        Assert.DoesNotContain(requests, request => request.Code == 403);
        var ofServer = requests.Where(request => request.User == $"system:serviceaccount:{Home}:{Account}").ToList();
        var grants = await Grant.OfAsync(cluster.Api, Home, Account);
        var unused = grants.Where(grant => !ofServer.Any(grant.Covers)).ToList();
        Figures.Record($"{grants.Count} rights, {grants.Count - unused.Count} of them used in {requests.Count} requests");
        Assert.Equal(roles, grants.Select(grant => grant.Role).Distinct());
        Assert.Equal(Unseen, unused.Select(grant => grant.Right.ToString()).Order(StringComparer.Ordinal));
    }

    private static string Install(string values) =>
        $$"""
        helm install {{Account}} charts/xds-canary --namespace {{Home}} --create-namespace --wait --timeout 3m -f - <<'YAML'
        {{values}}
        image: {repository: registry.example/xds-canary}
        YAML
        """;

    // Two canaries with one configuration between them, and everything that a canary can have that takes a right.
    private static async Task PlayAsync(CanaryPlace place)
    {
        await place.ApplyAsync(CanaryYaml.Deployment());
        await place.ApplyAsync(Targets);
        await place.ApplyAsync(CanaryYaml.Autoscaler());
        await place.ApplyAsync(CanaryYaml.Canary(
            "stepWeight: 50, maxWeight: 50",
            "autoscalerRef: {apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, name: podinfo}\n  revertOnDeletion: true"));
        await place.ApplyAsync(CanaryYaml.Canary("stepWeight: 50, maxWeight: 50", kind: "DaemonSet", deadline: 8)
            .Replace("name: podinfo", "name: agent", StringComparison.Ordinal));
        await BothAsync(place, "Initialized");

        await place.Api.PatchAsync(
            place.Path("autoscaling/v2", "horizontalpodautoscalers", "podinfo"),
            new JsonObject { ["spec"] = new JsonObject { ["maxReplicas"] = 6 } });
        var made = place.Path("v1", "services", "podinfo-canary");
        await place.Api.PatchAsync(made, new JsonObject { ["spec"] = new JsonObject { ["selector"] = new JsonObject { ["app"] = "nobody" } } });
        await place.Cluster.BecomesAsync(made, service => service.Text("spec", "selector", "app") == "podinfo");

        // It says that it waits, again and again.
        await place.ReleaseAsync("nowhere.example/missing:1", "daemonset", "agent");
        await place.PhaseAsync("Failed", canary: "agent");
        await place.ReleaseAsync(Next, "daemonset", "agent");
        await place.PhaseAsync("Succeeded", canary: "agent");

        foreach (var color in new[] { "green", "red" })
        {
            await place.ApplyAsync(
                $$"""
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: podinfo-config-env, namespace: test}
                data: {color: {{color}} }
                ---
                apiVersion: v1
                kind: Secret
                metadata: {name: podinfo-secret-env, namespace: test}
                stringData: {token: {{color}} }
                """);
            await BothAsync(place, "Progressing");
            await BothAsync(place, "Succeeded");
        }

        foreach (var name in new[] { "podinfo", "agent" })
        {
            var canary = place.Path("flagger.app/v1beta1", "canaries", name);
            await place.Api.DeleteAsync(canary);
            await Eventually.BecomesAsync(async () => await place.Api.TryGetAsync(canary) is null, TimeSpan.FromSeconds(60));
        }
    }

    private static Task<JsonObject[]> BothAsync(CanaryPlace place, string phase) =>
        Task.WhenAll(place.PhaseAsync(phase), place.PhaseAsync(phase, canary: "agent"));
}
