using System.Globalization;
using System.Text;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Cluster;

namespace XdsCanary.Kubernetes.Tests.Guide;

/// <summary>Writes what a run of the guide did: to artifacts, and with XDSCANARY_UPDATE_GOLDEN=1 as docs/guide-run.md.</summary>
internal static class GuideTranscript
{
    private static readonly string Folder = RepositoryPaths.Combine("artifacts", "guide");

    /// <summary>Writes the transcript.</summary>
    public static async Task WriteAsync(GuideOutcome outcome)
    {
        var text = Write(outcome);
        Directory.CreateDirectory(Folder);
        await File.WriteAllTextAsync(Path.Combine(Folder, "guide-run.md"), text);
        if (Environment.GetEnvironmentVariable("XDSCANARY_UPDATE_GOLDEN") == "1" && outcome.Records[^1].Fault is null)
        {
            await File.WriteAllTextAsync(RepositoryPaths.Combine("docs", "guide-run.md"), text);
        }
    }

    /// <summary>Writes what the pods of a namespace have printed.</summary>
    public static async Task WriteLogsAsync(TestCluster cluster, string place)
    {
        Directory.CreateDirectory(Folder);
        foreach (var pod in await cluster.Api.ListAsync($"/api/v1/namespaces/{place}/pods"))
        {
            var text = $"{pod["status"]}\n\n{cluster.Node.LogOf(place, pod.Name())}\n";
            await File.WriteAllTextAsync(Path.Combine(Folder, $"{pod.Name()}.log"), text);
        }

        using var http = new HttpClient();
        foreach (var (name, path) in new[]
        {
            ("targets", "targets"), ("requests", "query?query=envoy_cluster_upstream_rq[3m]"), ("durations", "query?query=envoy_cluster_upstream_rq_time_bucket[3m]"),
        })
        {
            try
            {
                var answer = await http.GetStringAsync($"http://xds-canary-prometheus.{place}:9090/api/v1/{path}");
                await File.WriteAllTextAsync(Path.Combine(Folder, $"prometheus-{name}.json"), answer);
            }
            catch (HttpRequestException)
            {
                // Not there yet, or no more.
            }
        }
    }

    private static string Write(GuideOutcome outcome)
    {
        var text = new StringBuilder();
        text.Append(
            """
            # A run of the guide

            What [guide.md](guide.md) did when `eng/guide.sh` ran it last, with what it printed. etcd, kube-apiserver,
            kube-controller-manager, kubectl, helm, Envoy, Prometheus, podinfo, hey and this project's server and load tester are the
            real programs; a node agent of the tests runs pods as processes. To write this file anew: `XDSCANARY_UPDATE_GOLDEN=1 eng/guide.sh`.


            """);
        text.Append(Invariant($"The whole took {outcome.Took.TotalSeconds:0} s, the start of the cluster included.\n"));
        var heading = string.Empty;
        foreach (var record in outcome.Records)
        {
            if (record.Step.Heading != heading)
            {
                heading = record.Step.Heading;
                text.Append(Invariant($"\n## {heading}\n"));
            }

            text.Append(Invariant($"\n```sh\n{record.Step.Commands}\n```\n\n"));
            text.Append(Invariant($"After {record.Took.TotalSeconds:0.0} s:\n\n```text\n{Trim(record.Output)}\n```\n"));
            if (record.Fault is { } fault)
            {
                text.Append(Invariant($"\n**{fault}**\n"));
            }
        }

        text.Append("\n## Events of the canary\n\n```text\n");
        text.AppendJoin('\n', outcome.Told);
        text.Append("\n```\n\n## Requests of the server to the API server\n\n| requests | what |\n|---|---|\n");
        foreach (var group in outcome.Requests.Where(request => request.User.EndsWith(":xds-canary", StringComparison.Ordinal))
            .CountBy(request => request.Right.ToString()).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            text.Append(Invariant($"| {group.Value} | {group.Key} |\n"));
        }

        return text.ToString();
    }

    // Columns leave spaces at the ends of lines.
    private static string Trim(string output) => string.Join('\n', output.Split('\n').Select(line => line.TrimEnd()));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
