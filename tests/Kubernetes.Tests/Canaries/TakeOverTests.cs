using System.Text.Json.Nodes;
using XdsCanary.Kubernetes.Tests.Cluster;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Cluster;
using XdsCanary.TestKit.Processes;
using XdsCanary.TestKit.Server;

namespace XdsCanary.Kubernetes.Tests.Canaries;

/// <summary>The product starts where Flagger looked after canaries until now, at four recorded moments.</summary>
public sealed class TakeOverTests
{
    private const int Moments = 4;

    // The address that the recorded webhooks have.
    private const int HookPort = 29091;

    // Answers every query of a metric: for a rate in percent and for a duration in milliseconds alike it is well.
    private const string Well =
        """{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"100"]}]}}""";

    // Not in the record, whose canary refers to it.
    private const string Template =
        """
        apiVersion: flagger.app/v1beta1
        kind: MetricTemplate
        metadata: {name: errors, namespace: test}
        spec: {provider: {type: prometheus}, query: "sum(errors{direction='{{ variables.direction }}'})"}
        """;

    [Fact]
    public async Task H_17_taking_over_moves_no_weight_imagines_no_revision_and_goes_on_with_runs()
    {
        RecordedCluster.Require();
        await using var cluster = await TestCluster.StartAsync(new ClusterOptions
        {
            // Pods were scripted when it was recorded; nobody may tell another story here.
            ControlPlane = new ControlPlaneOptions
            {
                ControllerManagerArguments = ["--controllers=-deployment-controller,-replicaset-controller,-horizontal-pod-autoscaler-controller"],
            },
        });
        await CanaryCluster.DefineAsync(cluster);
        var recorded = new Dictionary<string, IReadOnlyDictionary<string, JsonObject>>();
        foreach (var moment in Enumerable.Range(1, Moments))
        {
            var place = await cluster.NewNamespaceAsync();
            recorded[place] = await RecordedCluster.LoadAsync(cluster, moment, place);
            await cluster.Api.ApplyYamlAsync(Template.In(place));
        }

        await using var hooks = new StubServer(HookPort);
        var port = FreePort.Next();
        await using var prometheus = new StubServer(port, Well);
        await using var weights = WeightWatch.Start(cluster.Api);
        await using var server = await ServerProcess.StartAsync(new ServerOptions
        {
            Manifests = null,
            Arguments =
            [
                "--kubeconfig", cluster.ControlPlane.AdminKubeconfig, "--lease-namespace", "default", "--include-label-prefix", "team",
                "--metrics", "Prometheus", "--metrics-server", $"http://127.0.0.1:{port}",
            ],
        });

        var takenOver = recorded
            .SelectMany(place => place.Value.Select(canary => new TakenOver(place.Key, canary.Key, canary.Value)))
            .ToList();
        await Task.WhenAll(takenOver.Select(run => run.IsDealtWithAsync(cluster, weights)));

        foreach (var (place, canaries) in recorded)
        {
            await CheckAsync(cluster, place, canaries, weights);
        }

        var inFlight = takenOver.Where(run => run.WasInFlight).ToList();
        Figures.Record($"{takenOver.Count} canaries taken over; of {inFlight.Count} runs in flight, "
            + string.Join(", ", inFlight.GroupBy(run => run.How).Select(group => $"{group.Count()} {group.Key}")));
        Assert.True(inFlight.Count > 0, "No run was in flight.");
    }

    private static async Task CheckAsync(
        TestCluster cluster, string place, IReadOnlyDictionary<string, JsonObject> canaries, WeightWatch weights)
    {
        var faults = new List<string>();
        var events = (await cluster.Api.ListAsync($"/apis/events.k8s.io/v1/namespaces/{place}/events"))
            .ToLookup(item => item.Text("regarding", "name")!, item => item.Text("note")!);
        foreach (var (name, before) in canaries)
        {
            var now = await cluster.Api.GetAsync($"/apis/flagger.app/v1beta1/namespaces/{place}/canaries/{name}");
            var (was, phase) = (before.Text("status", "phase")!, now.Text("status", "phase")!);
            var moved = weights.Of($"{place}/{name}").Select(pair => pair.Canary).ToList();
            var story = $"{place}/{name}: {was} → {phase}, weights {string.Join(' ', moved)}; {string.Join("; ", events[name])}";
            if (events[name].Any(text => text.StartsWith("New revision detected!", StringComparison.Ordinal)) && was != "Waiting")
            {
                faults.Add($"A revision was imagined. {story}");
            }

            if (TakenOver.IsRunning(was))
            {
                CheckRun(moved, story, faults);
            }
            else if (was != "Waiting" && (phase != was || moved.Distinct().Count() > 1))
            {
                faults.Add($"Something moved. {story}");
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    // From the weight that it had, up or, promoted, all back: never down and up again.
    private static void CheckRun(List<int> moved, string story, List<string> faults)
    {
        var up = moved.TakeWhile((weight, index) => index == 0 || weight >= moved[index - 1]).ToList();
        if (moved.Skip(up.Count).Any(weight => weight > 0 && weight >= up[^1]))
        {
            faults.Add($"The run did not go on. {story}");
        }
    }
}
