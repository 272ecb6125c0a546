using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Prometheus;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Model;
using XdsCanary.XdsServer.Observability;
using XdsCanary.XdsServer.Peers;
using XdsCanary.XdsServer.Resources;
using XdsCanary.XdsServer.Streams;

namespace XdsCanary.XdsServer.Tests.Peers;

/// <summary>Other replicas that answer, or do not, as a test says, and the clock by which they are silent.</summary>
internal sealed class FakePeers : HttpMessageHandler, IObjectSource, ILogger<PeerConvergence>, ILogger<FleetStats>
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly HttpClient _http;

    public FakePeers(params string[] addresses)
    {
        _http = new HttpClient(this, disposeHandler: false);
        List(addresses);
        var registry = new StreamRegistry(Time);
        var publisher = new SnapshotPublisher(
            new ResourceOptions(), NodeGroup.Create("default", []), new XdsMetrics(Metrics.NewCustomRegistry()),
            NullLogger<SnapshotPublisher>.Instance);
        var directory = new PeerDirectory(this, ["10.0.0.1"]);
        Tracker = new ConvergenceTracker(registry, publisher);
        Probe = new PeerConvergence(Tracker, directory, _http, "token", Time, this);
        Local = new ConnectedProxyStats(registry, []);
        Fleet = new FleetStats(Local, directory, _http, "token", Time, this);
    }

    public FakeTimeProvider Time { get; } = new(Start);

    /// <summary>What is tested.</summary>
    public PeerConvergence Probe { get; }

    /// <summary>The same for where the statistics of all replicas' proxies are.</summary>
    public FleetStats Fleet { get; }

    /// <summary>How far the proxies of the replica that asks follow.</summary>
    public ConvergenceTracker Tracker { get; }

    /// <summary>Where their statistics are.</summary>
    public ConnectedProxyStats Local { get; }

    /// <summary>How many proxies each replica says that follow, by address and service; who is not named does not answer.</summary>
    public Dictionary<(string Address, string Service), int> Proxies { get; } = [];

    /// <summary>What each replica answers when it is asked about no service, by address; who is not named does not answer.</summary>
    public Dictionary<string, string> Answers { get; } = [];

    /// <summary>What was logged, in order.</summary>
    public List<string> Logged { get; } = [];

    /// <summary>Called before each answer.</summary>
    public Func<Task> Before { get; set; } = () => Task.CompletedTask;

    public ObjectSet Current { get; private set; } = ObjectSet.Empty;

    public bool HasSynced => true;

    public ChangeSignal Changed { get; } = new();

    /// <summary>Says which replicas there are.</summary>
    public void List(params string[] addresses) => Current = TestObjects.Read(
        $$"""
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: peers, namespace: default}
        addressType: IPv4
        endpoints: [{{string.Join(", ", addresses.Select(address => $"{{addresses: [{address}]}}"))}}]
        ports: [{name: admin, port: 8080}]
        """);

    /// <summary>Asks about a service.</summary>
    public ValueTask<ServiceConvergence> AskAsync(string service, double patience = 30) => Probe.DescribeFleetAsync(
        new NamespacedName("default", service), TimeSpan.FromSeconds(patience), TestContext.Current.CancellationToken);

    /// <summary>Says where a replica's proxies are, all of the namespace <c>shop</c>.</summary>
    public void Tell(string address, params string[] proxies) => Answers[address] = JsonSerializer.Serialize(
        PeerReport.Of(
            address, new ServiceConvergence([], null, 0, 0, []), [.. proxies.Select(proxy => new ProxyEndpoint(new Uri(proxy), "shop"))]),
        PeerJson.Default.PeerReport);

    /// <summary>Asks where the proxies of all replicas are.</summary>
    public async Task<IEnumerable<string>> FindAsync() =>
        (await Fleet.FindAsync(TestContext.Current.CancellationToken)).Select(proxy => proxy.Address.AbsoluteUri);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Logged.Add(formatter(state, exception));

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var address = request.RequestUri!.Host;
        var service = request.RequestUri.Query.Split("name=")[^1];
        var answer = service.Length == 0 ? Answers.GetValueOrDefault(address)
            : Proxies.TryGetValue((address, service), out var proxies) ? JsonSerializer.Serialize(
                new PeerReport(address, [], null, proxies, proxies, [], IsKnown: false, []), PeerJson.Default.PeerReport)
            : null;
        await Before();
        return answer is null
            ? throw new HttpRequestException("nobody there")
            : new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(answer, Encoding.UTF8, "application/json") };
    }

    protected override void Dispose(bool disposing)
    {
        _http.Dispose();
        base.Dispose(disposing);
    }
}
