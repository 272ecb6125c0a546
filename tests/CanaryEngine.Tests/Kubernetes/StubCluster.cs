using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using XdsCanary.CanaryEngine.Kubernetes;
using XdsCanary.CanaryEngine.Resources;
using XdsCanary.CanaryEngine.Tests.Resources;
using XdsCanary.KubeRuntime.Api;
using XdsCanary.KubeRuntime.Cluster;
using XdsCanary.KubeRuntime.Leadership;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Tests.Kubernetes;

/// <summary>
/// A cluster as the replica knows it that leads. Its API server lists what a test gives it, tells of no changes, and takes writes when
/// the test says so; deletions get no answer.
/// </summary>
internal sealed class StubCluster : HttpMessageHandler, IAsyncDisposable
{
    private readonly HttpClient _http;

    public StubCluster()
    {
        _http = new HttpClient(this, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        var client = new KubeClient(_http, new Uri("http://api.test"), (_, _) => Task.CompletedTask, Time);
        Objects = new ClusterObjects(
            client,
            new SoleLeadership(),
            Source(client, ClusterKinds.Definitions(string.Empty, 1)),
            Source(client, ClusterKinds.Workloads(string.Empty, 1)),
            Source(client, ClusterKinds.Mesh(string.Empty, 1)),
            Time);
    }

    public FakeTimeProvider Time { get; } = new();

    public ClusterObjects Objects { get; }

    /// <summary>What there is, by the name in paths.</summary>
    public ConcurrentDictionary<string, JsonObject[]> Lists { get; } = new(StringComparer.Ordinal);

    /// <summary>What writes are answered with; null while none is taken.</summary>
    public JsonObject? Answer { get; set; }

    /// <summary>How writes are refused.</summary>
    public HttpStatusCode Refusal { get; set; } = HttpStatusCode.ServiceUnavailable;

    /// <summary>The writes, whether or not they were taken.</summary>
    public ConcurrentQueue<(string Path, JsonNode Body)> Writes { get; } = [];

    private ClusterSource[] Sources => [Objects.Definitions, Objects.Workloads, Objects.Mesh];

    /// <summary>Has one canary, <c>test/web</c>, of a uid.</summary>
    public void HasCanary(string uid)
    {
        var canary = KubeSamples.Read(CanaryManifest.Write());
        canary["metadata"]!["uid"] = uid;
        canary["metadata"]!["resourceVersion"] = "5";
        Lists["canaries"] = [canary];
    }

    /// <summary>Has another one of the same name, before anybody saw that the one before was gone.</summary>
    public Task HasCanaryAnewAsync(string uid)
    {
        HasCanary(uid);
        return Objects.Definitions.RefreshAsync(CanaryKinds.Group, CanaryKinds.Canary, TestContext.Current.CancellationToken);
    }

    /// <summary>Reads everything once.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var source in Sources)
        {
            await source.StartAsync(cancellationToken);
            await ((IObjectSource)source).WhenSyncedAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var source in Sources)
        {
            await source.StopAsync(CancellationToken.None);
            source.Dispose();
        }

        Dispose();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _http.Dispose();
        }

        base.Dispose(disposing);
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var address = request.RequestUri!;
        if (request.Method == HttpMethod.Delete || address.Query.Contains("watch=true", StringComparison.Ordinal))
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }

        if (request.Method != HttpMethod.Get)
        {
            var body = await request.Content!.ReadAsStringAsync(cancellationToken);
            Writes.Enqueue((address.AbsolutePath, JsonNode.Parse(body)!));
            return Answer is { } answer
                ? Say(HttpStatusCode.OK, answer.ToJsonString())
                : Say(Refusal, """{"kind":"Status","message":"not now"}""");
        }

        var listed = Lists.TryGetValue(address.AbsolutePath.Split('/')[^1], out var found) ? found : [];
        var items = string.Join(',', listed.Select(item => item.ToJsonString()));
        // The same for every question: a list, and which kinds are served in several versions.
        return Say(HttpStatusCode.OK, $$"""
            {
              "metadata": {"resourceVersion": "10"},
              "resources": [{"name": "trafficsplits"}, {"name": "httproutegroups"}],
              "items": [{{items}}]
            }
            """);
    }

    private static HttpResponseMessage Say(HttpStatusCode status, string json) =>
        new(status) { Content = new StringContent(json, Encoding.UTF8, "application/json") };

    private ClusterSource Source(KubeClient client, ClusterSourceOptions options) =>
        new(client, options, Time, NullLogger<ClusterSource>.Instance);
}
