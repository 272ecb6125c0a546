using System.Diagnostics;
using System.Text.Json.Nodes;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Cluster;
using XdsCanary.TestKit.RealEnvoy;

namespace XdsCanary.Kubernetes.Tests.Guide;

/// <summary>Runs the guide once, for all tests of a class: started by the first that asks.</summary>
public sealed class GuideRun : IAsyncDisposable
{
    private const string Place = "test";
    private const string Release = "xds-canary";
    private const int ListenerPort = 10000;

    private readonly SemaphoreSlim _gate = new(1);
    private readonly Stack<IAsyncDisposable> _parts = new();
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http = new();
    private readonly List<GuideRecord> _records = [];
    private readonly List<int> _answers = [];
    private IReadOnlyList<string> _told = [];
    private IReadOnlyList<AuditedRequest> _requests = [];
    private TestCluster _cluster = null!;
    private GuideOutcome? _outcome;

    /// <summary>What came of it.</summary>
    public async Task<GuideOutcome> GetAsync()
    {
        await _gate.WaitAsync();
        try
        {
            return _outcome ??= await RunAsync();
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        while (_parts.TryPop(out var part))
        {
            await part.DisposeAsync();
        }

        _http.Dispose();
        _folder.Dispose();
        _gate.Dispose();
    }

    private async Task<GuideOutcome> RunAsync()
    {
        var clock = Stopwatch.StartNew();
        _cluster = await TestCluster.StartAsync(new ClusterOptions
        {
            Images = GuideImages.Create(_folder),
            Namespaces = [],
            BareNamesOf = null,
            ControlPlane = new ControlPlaneOptions { AuditPolicy = AuditedRequest.Policy },
        });
        _parts.Push(_cluster);
        using var shell = new GuideShell(_cluster.ControlPlane.AdminKubeconfig);
        foreach (var step in GuideDocument.Read(await File.ReadAllTextAsync(RepositoryPaths.Combine("docs", "guide.md"))))
        {
            if (step.NotRun is null && !await StepAsync(shell, step))
            {
                break;
            }
        }

        var outcome = new GuideOutcome
        {
            Records = _records,
            Told = _told,
            Requests = _requests,
            AnswersOfOwnEnvoy = _answers,
            Took = clock.Elapsed,
        };
        await GuideTranscript.WriteAsync(outcome);
        if (_records[^1].Fault is not null)
        {
            await GuideTranscript.WriteLogsAsync(_cluster, Place);
        }

        return outcome;
    }

    private async Task<bool> StepAsync(GuideShell shell, GuideStep step)
    {
        var isLast = step.Commands.Contains("helm uninstall", StringComparison.Ordinal);
        if (isLast)
        {
            await LookAsync();
        }

        var record = await shell.RunAsync(step);
        _records.Add(record);
        if (isLast)
        {
            _answers.Add(await AskAsync());
        }

        return record.Fault is null;
    }

    /// <summary>What can only be seen while the release is there.</summary>
    private async Task LookAsync()
    {
        _told = [.. (await _cluster.Api.ListAsync($"/apis/events.k8s.io/v1/namespaces/{Place}/events"))
            .Where(item => item.Text("regarding", "kind") == "Canary")
            .OrderBy(item => item.Text("eventTime"), StringComparer.Ordinal)
            .SelectMany(Repeated)];
        // Uninstalling takes the rights away before the pods have ended; what these ask then is refused, and does not count.
        _requests = await AuditedRequest.ReadAsync(_cluster.ControlPlane.AuditLogFile);
        _parts.Push(await EnvoyInstance.StartReadyAsync(new EnvoyOptions
        {
            XdsHost = $"{Release}.{Place}",
            XdsPort = 18000,
            NodeId = "own",
            Namespace = Place,
        }));
        _answers.Add(await AskAsync());
    }

    // What is said again in the same words is one event that counts.
    private static IEnumerable<string> Repeated(JsonObject told) =>
        Enumerable.Repeat($"{told.Text("type")} {told.Text("note")}", told.Number("series", "count") ?? 1);

    private async Task<int> AskAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{ListenerPort}/");
        request.Headers.Host = $"podinfo.{Place}";
        request.Headers.ConnectionClose = true;
        using var response = await _http.SendAsync(request);
        return (int)response.StatusCode;
    }
}
