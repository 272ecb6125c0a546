using System.Threading.Channels;
using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Prometheus;
using XdsCanary.XdsServer.Observability;
using XdsCanary.XdsServer.Protocol;
using XdsCanary.XdsServer.Resources;
using XdsCanary.XdsServer.Snapshots;
using XdsCanary.XdsServer.Streams;
using XdsCanary.XdsServer.Tests.Protocol;

namespace XdsCanary.XdsServer.Tests.Streams;

/// <summary>The streams' shell with the network and the clock taken away.</summary>
internal sealed class SessionHarness
{
    public SessionHarness(StreamOptions? options = null)
    {
        var metrics = new XdsMetrics(Metrics.NewCustomRegistry());
        var publisher = new SnapshotPublisher(
            new ResourceOptions(), TestMesh.Group, metrics, NullLogger<SnapshotPublisher>.Instance);
        Services = new StreamServices(
            options ?? new StreamOptions { DefaultNamespace = TestMesh.Group.Namespace },
            publisher,
            new StreamRegistry(Time),
            new NameSetPool(),
            metrics,
            Time,
            NullLogger<XdsStreamSession>.Instance);
    }

    public FakeTimeProvider Time { get; } = new();

    public StreamServices Services { get; }

    public GroupSnapshots Group => Services.Publisher.Groups[0];

    public void Publish(TestMesh mesh) => Group.Publish(mesh.ToSnapshot(Group.Current));

    public OpenSession Open(XdsVariant variant) => new(Services, variant, TestContext.Current.CancellationToken);

    public OpenSession OpenCall(XdsVariant variant, CancellationToken call) => new(Services, variant, call);
}

/// <summary>A session that runs, with the client's two ends of it.</summary>
internal sealed class OpenSession : IDisposable
{
    private readonly Channel<PumpedRequest> _requests = Channel.CreateUnbounded<PumpedRequest>();
    private readonly XdsStreamSession _session;
    private readonly RequestDecoder _decoder;

    public OpenSession(StreamServices services, XdsVariant variant, CancellationToken cancellationToken)
    {
        _decoder = new RequestDecoder(services.Pool);
        Replies = new FakeReplyWriter(variant);
        _session = new XdsStreamSession(services, variant, Replies, "peer");
        Running = _session.RunAsync(ReadAsync, cancellationToken);
    }

    public FakeReplyWriter Replies { get; }

    public Task Running { get; }

    public void Ask(ResourceType type, string? nodeId = null, string[]? names = null, string nonce = "", string cluster = "")
    {
        var request = new DiscoveryRequest { TypeUrl = type.TypeUrl, ResponseNonce = nonce };
        request.ResourceNames.Add(names ?? []);
        Send(nodeId is null ? null : new Node { Id = nodeId, Cluster = cluster }, _decoder.Decode(request));
    }

    public void Subscribe(ResourceType type, string? nodeId = null, params string[] names)
    {
        var request = new DeltaDiscoveryRequest { TypeUrl = type.TypeUrl };
        request.ResourceNamesSubscribe.Add(names);
        Send(nodeId is null ? null : new Node { Id = nodeId }, _decoder.Decode(request));
    }

    public void Send(Node? node, DiscoveryInput input) => Assert.True(_requests.Writer.TryWrite(new PumpedRequest(node, input)));

    /// <summary>The client closes its side.</summary>
    public void HalfClose() => _requests.Writer.Complete();

    /// <summary>The next request can't be read.</summary>
    public void Break(Exception fault) => _requests.Writer.Complete(fault);

    public void Dispose() => _session.Dispose();

    private async Task<PumpedRequest?> ReadAsync(CancellationToken cancellationToken) =>
        await _requests.Reader.WaitToReadAsync(cancellationToken) ? await _requests.Reader.ReadAsync(cancellationToken) : null;
}
