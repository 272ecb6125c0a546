using System.Diagnostics;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Cluster;

namespace XdsCanary.Kubernetes.Tests.Cluster;

/// <summary>The cluster as a whole: its users, and its end.</summary>
public sealed class TestClusterTests
{
    [Fact]
    public async Task Deployment_becomes_ready_and_answers_by_name_and_by_address()
    {
        var time = TimeProvider.System;
        var started = time.GetTimestamp();
        await using var cluster = await TestCluster.StartAsync();
        var ready = time.GetElapsedTime(started);
        started = time.GetTimestamp();

        await cluster.Api.ApplyYamlAsync(Yaml.Podinfo());
        await cluster.DeploymentBecomesReadyAsync("test", "podinfo");

        Figures.Record($"cluster ready after {ready.TotalSeconds:0.00} s, two replicas after {time.GetElapsedTime(started).TotalSeconds:0.00} s more");
        Figures.Record(string.Join(", ", Programs(cluster).Select(program => $"{program.Name} {program.ResidentBytes >> 20} MiB")));
        var pods = await cluster.PodsAsync("test", "app=podinfo");
        Assert.Equal(2, pods.Select(pod => pod.Text("status", "podIP")).Distinct().Count());
        foreach (var pod in pods)
        {
            Assert.Equal(pod.Name(), (await Ask.InfoAsync($"http://{pod.Text("status", "podIP")}:9898/")).Text("hostname"));
            Assert.Equal("one", await Ask.MessageAsync($"http://{pod.Text("status", "podIP")}:9898/"));
        }

        string[] names = ["podinfo", "podinfo.test", "podinfo.test.svc", "podinfo.test.svc.cluster.local"];
        foreach (var name in names)
        {
            await Eventually.GetAsync(() => Ask.MessageAsync($"http://{name}/"), message => message == "one");
        }
    }

    [Fact]
    public async Task Nothing_is_left_after_dispose()
    {
        PrivateNetwork.Require();
        var (processes, folders, mounts) = (Processes(), Folders(), Mounts());
        var cluster = await TestCluster.StartAsync();
        await cluster.Api.ApplyYamlAsync(Yaml.Podinfo());
        await cluster.Api.ApplyYamlAsync(Yaml.Pod("orphans", "command: [sh, -c, 'sleep 1000 & sleep 1000']"));
        await cluster.DeploymentBecomesReadyAsync("test", "podinfo");
        await Eventually.BecomesAsync(() => Processes().Count(name => name == "sleep") >= 2);
        Assert.NotEqual(folders, Folders());

        await cluster.DisposeAsync();

        await Eventually.GetAsync(() => Task.FromResult(Processes()), now => now.SequenceEqual(processes), TimeSpan.FromSeconds(5));
        Assert.Equal(folders, Folders());
        Assert.Equal(mounts, Mounts());
        await Assert.ThrowsAsync<HttpRequestException>(() => Ask.StatusAsync("http://10.244.1.1:9898/"));
    }

    [Fact]
    public async Task Two_clusters_live_one_after_the_other()
    {
        for (var number = 0; number < 2; number++)
        {
            await using var cluster = await TestCluster.StartAsync();
            await cluster.Api.ApplyYamlAsync(Yaml.Podinfo(replicas: 1));
            await cluster.DeploymentBecomesReadyAsync("test", "podinfo");
        }
    }

    [Fact]
    public async Task Service_account_has_the_rights_that_it_was_given()
    {
        await using var cluster = await TestCluster.StartAsync();
        var kubectl = new Kubectl(await cluster.ControlPlane.KubeconfigAsync("test", "robot"));
        string[] read = ["get", "configmaps", "-n", "test", "-o", "name"];
        var before = await kubectl.RunAsync(read);
        Assert.Equal(1, before.ExitCode);
        Assert.Contains("Forbidden", before.Error, StringComparison.Ordinal);

        await cluster.Api.ApplyYamlAsync(
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: reader, namespace: test}
            rules: [{apiGroups: [""], resources: [configmaps], verbs: [get, list]}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: robot, namespace: test}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
            subjects: [{kind: ServiceAccount, name: robot, namespace: test}]

            """);

        var after = await Eventually.GetAsync(() => kubectl.RunAsync(read), result => result.ExitCode == 0);
        Assert.Contains("configmap/kube-root-ca.crt", after.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Custom_resource_can_be_made_with_its_definition()
    {
        await using var cluster = await TestCluster.StartAsync();

        var made = await cluster.Api.ApplyYamlAsync(
            """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: things.example.test}
            spec:
              group: example.test
              scope: Namespaced
              names: {plural: things, singular: thing, kind: Thing}
              versions:
              - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true} } }
            ---
            apiVersion: example.test/v1
            kind: Thing
            metadata: {name: one, namespace: test}
            spec: {size: 3}

            """);

        Assert.Equal(3, made[1].Number("spec", "size"));
    }

    [Fact]
    public async Task Audit_log_tells_who_asked_for_what()
    {
        const string Policy = "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: Metadata}]\n";
        await using var cluster = await TestCluster.StartAsync(new ClusterOptions { ControlPlane = new ControlPlaneOptions { AuditPolicy = Policy } });

        await cluster.Api.GetAsync("/api/v1/namespaces/test/secrets");

        await Eventually.BecomesAsync(() => File.ReadLines(cluster.ControlPlane.AuditLogFile)
            .Any(line => line.Contains("\"/api/v1/namespaces/test/secrets\"", StringComparison.Ordinal)));
    }

    private static IEnumerable<ClusterProgram> Programs(TestCluster cluster) =>
        [cluster.ControlPlane.Etcd, cluster.ControlPlane.ApiServer, cluster.ControlPlane.ControllerManager];

    private static string[] Processes()
    {
        var all = Process.GetProcesses();
        var names = all.Select(process => process.ProcessName).Order(StringComparer.Ordinal).ToArray();
        Array.ForEach(all, process => process.Dispose());
        return names;
    }

    private static string[] Folders() =>
    [
        .. Directory.GetDirectories(Path.GetTempPath(), "xdscanary-test-*")
            .Where(path => !path.EndsWith("-ports", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    private static string[] Mounts() => File.ReadAllLines("/proc/self/mounts");
}
