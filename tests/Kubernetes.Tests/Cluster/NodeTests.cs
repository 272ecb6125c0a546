using System.Globalization;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Cluster;

namespace XdsCanary.Kubernetes.Tests.Cluster;

/// <summary>What the node makes of pods.</summary>
public sealed class NodeTests(SharedCluster shared) : IClassFixture<SharedCluster>
{

    [Fact]
    public async Task Daemon_set_runs_where_its_node_selector_allows()
    {
        var (cluster, place) = await shared.GetAsync();
        await cluster.Api.ApplyYamlAsync(Yaml.DaemonSet().In(place));
        await cluster.BecomesAsync(DaemonSet(place), found => found.Number("status", "numberReady") == 1);

        await cluster.Api.ApplyYamlAsync(Yaml.DaemonSet("{scaled-to: zero}").In(place));
        await cluster.BecomesAsync(DaemonSet(place), found => found.Number("status", "desiredNumberScheduled") == 0);
        await Eventually.GetAsync(() => cluster.PodsAsync(place, "app=agent"), pods => pods.Count == 0);
        Assert.Empty(cluster.Node.ProcessIdsOf(place));

        await cluster.Node.LabelAsync("scaled-to", "zero");
        await cluster.BecomesAsync(DaemonSet(place), found => found.Number("status", "numberReady") == 1);
    }

    [Fact]
    public async Task Pod_waits_for_a_node_that_its_selector_names()
    {
        var (cluster, place) = await shared.GetAsync();
        await cluster.Api.ApplyYamlAsync(Yaml.Pod("picky", "args: []", "nodeSelector: {disk: fast}").In(place));
        var pod = await cluster.BecomesAsync(Pod(place, "picky"), found => found.Condition("PodScheduled") == "False");
        Assert.Null(pod.Text("spec", "nodeName"));

        await cluster.Node.LabelAsync("disk", "fast");

        await cluster.BecomesAsync(Pod(place, "picky"), found => found.Condition("Ready") == "True");
    }

    [Fact]
    public async Task Configuration_reaches_the_process()
    {
        var (cluster, place) = await shared.GetAsync();
        await cluster.Api.ApplyYamlAsync(
            """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: settings, namespace: test}
            data: {message: from the map, PODINFO_UI_COLOR: "#112233", app.yaml: "level: high\n"}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: secret, namespace: test}
            stringData: {password: hush}
            ---
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: robot, namespace: test}

            """.In(place));
        const string Container =
            """
            env: [
              {name: PODINFO_UI_MESSAGE, valueFrom: {configMapKeyRef: {name: settings, key: message} } },
              {name: PASSWORD, valueFrom: {secretKeyRef: {name: secret, key: password} } },
              {name: ADDRESS, valueFrom: {fieldRef: {fieldPath: status.podIP} } },
              {name: TEAM, valueFrom: {fieldRef: {fieldPath: "metadata.labels['app']"} } },
              {name: BOTH, value: "$(PASSWORD)-$(TEAM)"}],
            envFrom: [{configMapRef: {name: settings} }],
            volumeMounts: [{name: files, mountPath: /etc/xdscanary-test}, {name: work, mountPath: /xdscanary-work}],
            command: [sh, -c],
            args: ["cat /etc/xdscanary-test/sub/app.yaml; cat /etc/hostname; echo $ADDRESS $BOTH >/xdscanary-work/out; cat /xdscanary-work/out;
              cat /var/run/secrets/kubernetes.io/serviceaccount/namespace; echo; exec podinfo --host=$ADDRESS"]
            """;
        const string Spec =
            """
            serviceAccountName: robot, terminationGracePeriodSeconds: 1, volumes: [
              {name: work, emptyDir: {} },
              {name: files, projected: {sources: [{configMap: {name: settings, items: [{key: app.yaml, path: sub/app.yaml}]} }]} }]
            """;

        await cluster.Api.ApplyYamlAsync(Yaml.Pod("configured", Container.ReplaceLineEndings(" "), Spec.ReplaceLineEndings(" ")).In(place));

        var pod = await cluster.BecomesAsync(Pod(place, "configured"), found => found.Condition("Ready") == "True");
        var address = pod.Text("status", "podIP");
        var info = await Eventually.GetAsync(() => Ask.InfoAsync($"http://{address}:9898/"), _ => true);
        Assert.Equal("from the map", info.Text("message"));
        Assert.Equal("#112233", info.Text("color"));
        var log = cluster.Node.LogOf(place, "configured")!.Split('\n');
        Assert.Contains("level: high", log);
        Assert.Contains($"{address} hush-configured", log);
        Assert.Contains(place, log);
    }

    [Fact]
    public async Task Pods_have_ports_of_their_own()
    {
        var (cluster, place) = await shared.GetAsync();
        Assert.SkipUnless(PrivateNetwork.HasPodNetworks, "This kernel has no bridges or veth devices for pods.");
        const string Container = "command: [sh, -c, exec podinfo --host=0.0.0.0 --port=7070], readinessProbe: {tcpSocket: {port: 7070} }";
        await cluster.Api.ApplyYamlAsync((Yaml.Pod("left", Container) + "---\n" + Yaml.Pod("right", Container)).In(place));

        foreach (var name in (string[])["left", "right"])
        {
            var pod = await cluster.BecomesAsync(Pod(place, name), found => found.Condition("Ready") == "True");
            Assert.Equal(name, (await Ask.InfoAsync($"http://{pod.Text("status", "podIP")}:7070/")).Text("hostname"));
        }
    }

    [Fact]
    public async Task Pod_reaches_services_and_the_api_server()
    {
        Tool.Find("hey");
        var (cluster, place) = await shared.GetAsync();
        await cluster.Api.ApplyYamlAsync(Yaml.Podinfo(replicas: 1).In(place));
        await cluster.DeploymentBecomesReadyAsync(place, "podinfo");
        await Eventually.BecomesAsync(async () => await Ask.MessageAsync($"http://podinfo.{place}/") == "one");
        var kubeconfig = await cluster.ControlPlane.KubeconfigAsync(place, "robot", "https://kubernetes.default.svc");
        var script = $"kubectl --kubeconfig={kubeconfig} version && hey -n 3 -c 1 http://podinfo.{place}/ && echo reached && sleep 1000";

        await cluster.Api.ApplyYamlAsync(Yaml.Pod("caller", $"command: [sh, -c, '{script}']").In(place));

        await Eventually.BecomesAsync(() => cluster.Node.LogOf(place, "caller")?.Split('\n') is { } log
            && log.Contains("reached") && log.Any(line => line.Contains("[200]\t3 responses", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Missing_configuration_is_waited_for()
    {
        var (cluster, place) = await shared.GetAsync();
        await cluster.Api.ApplyYamlAsync(Yaml.Pod("waiting", "envFrom: [{configMapRef: {name: later} }]").In(place));
        await cluster.BecomesAsync(
            Pod(place, "waiting"),
            found => found.Text("status", "containerStatuses", "0", "state", "waiting", "reason") == "CreateContainerConfigError");

        await cluster.Api.ApplyYamlAsync("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: later, namespace: test}\n".In(place));

        await cluster.BecomesAsync(Pod(place, "waiting"), found => found.Condition("Ready") == "True");
    }

    [Fact]
    public async Task Container_that_fails_is_started_again_and_again()
    {
        var (cluster, place) = await shared.GetAsync();
        await cluster.Api.ApplyYamlAsync(Yaml.Pod("failing", "command: [sh, -c, exit 3]").In(place));

        var pod = await cluster.BecomesAsync(
            Pod(place, "failing"),
            found => found.Number("status", "containerStatuses", "0", "restartCount") >= 2
                && found.Text("status", "containerStatuses", "0", "state", "waiting", "reason") == "CrashLoopBackOff");

        Assert.Equal(3, pod.Number("status", "containerStatuses", "0", "lastState", "terminated", "exitCode"));
    }

    [Fact]
    public async Task Container_that_does_not_live_is_started_again()
    {
        var (cluster, place) = await shared.GetAsync();
        const string Probe = "livenessProbe: {httpGet: {path: /status/500, port: 9898}, periodSeconds: 1, failureThreshold: 2}";
        await cluster.Api.ApplyYamlAsync(Yaml.Pod("sick", Probe).In(place));

        await cluster.BecomesAsync(Pod(place, "sick"), found => found.Number("status", "containerStatuses", "0", "restartCount") >= 1);
    }

    [Fact]
    public async Task Pod_gets_its_grace_and_not_more()
    {
        var time = TimeProvider.System;
        var (cluster, place) = await shared.GetAsync();
        const string Container = "command: [sh, -c, 'trap \"\" TERM; while :; do sleep 1; done']";
        await cluster.Api.ApplyYamlAsync(Yaml.Pod("stubborn", Container, "terminationGracePeriodSeconds: 2").In(place));
        await cluster.BecomesAsync(Pod(place, "stubborn"), found => found.Condition("Ready") == "True");
        // It is ready once it runs: the shell may not have come to its first command yet.
        await Eventually.BecomesAsync(() => cluster.Node.ProcessIdsOf(place).Any(IgnoresTerm));
        var started = time.GetTimestamp();

        await cluster.Api.DeleteAsync(Pod(place, "stubborn"));
        await Eventually.GetAsync(() => cluster.Api.TryGetAsync(Pod(place, "stubborn")), found => found is null);

        Assert.InRange(time.GetElapsedTime(started).TotalSeconds, 2, 15);
        await Eventually.BecomesAsync(() => cluster.Node.ProcessIdsOf(place).Count == 0);
    }

    private static bool IgnoresTerm(int process)
    {
        const int Term = 15;
        var ignored = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal));
        return (ulong.Parse(ignored[7..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & (1UL << (Term - 1))) != 0;
    }

    [Fact]
    public async Task Slow_node_is_as_slow_as_it_is_told()
    {
        var time = TimeProvider.System;
        var (cluster, place) = await shared.GetAsync();
        cluster.Node.StartDelay = TimeSpan.FromSeconds(2);
        var started = time.GetTimestamp();

        await cluster.Api.ApplyYamlAsync(Yaml.Pod("late", "args: []").In(place));
        await cluster.BecomesAsync(Pod(place, "late"), found => found.Condition("Ready") == "True");

        Assert.True(time.GetElapsedTime(started) >= TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task Job_completes()
    {
        var (cluster, place) = await shared.GetAsync();
        await cluster.Api.ApplyYamlAsync(
            """
            apiVersion: batch/v1
            kind: Job
            metadata: {name: once, namespace: test}
            spec:
              template:
                spec:
                  restartPolicy: Never
                  initContainers: [{name: first, image: podinfo, command: [sh, -c, exit 0]}]
                  containers: [{name: main, image: podinfo, command: [sh, -c, echo done]}]

            """.In(place));

        await cluster.BecomesAsync($"/apis/batch/v1/namespaces/{place}/jobs/once", found => found.Condition("Complete") == "True");
    }

    private static string DaemonSet(string place) => $"/apis/apps/v1/namespaces/{place}/daemonsets/agent";

    private static string Pod(string place, string name) => $"/api/v1/namespaces/{place}/pods/{name}";
}
