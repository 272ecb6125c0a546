using Microsoft.Extensions.Logging.Abstractions;
using XdsCanary.DemoProxy;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Manifests;
using XdsCanary.TestKit.Server;
using XdsCanary.TestKit.Traffic;

namespace XdsCanary.EndToEnd.Tests.Demo;

/// <summary>
/// The server as its users run it, and the embedded data plane in front of two upstreams: <c>web</c> is split between
/// <c>web-v1</c> and <c>web-v2</c>, all to the first at the beginning.
/// </summary>
internal sealed class EmbeddedMesh : IAsyncDisposable
{
    public const string Service = "web";
    public const string First = "web-v1";
    public const string Second = "web-v2";

    private UpstreamServer? _v1;
    private UpstreamServer? _v2;
    private ServerProcess? _server;
    private EmbeddedDataPlane? _plane;

    private EmbeddedMesh()
    {
    }

    public ManifestFolder Manifests { get; } = new();

    public UpstreamServer V2 => _v2!;

    public ServerProcess Server => _server!;

    public EmbeddedDataPlane Plane => _plane!;

    /// <summary>All resources that the data plane holds, with their versions.</summary>
    public IEnumerable<string> Held =>
        from type in Plane.HeldVersions
        from resource in type.Value
        let text = $"{type.Key} {resource.Key} {resource.Value}"
        orderby text
        select text;

    public static async Task<EmbeddedMesh> StartAsync()
    {
        var mesh = new EmbeddedMesh();
        try
        {
            mesh._v1 = await UpstreamServer.StartAsync(First);
            mesh._v2 = await UpstreamServer.StartAsync(Second);
            mesh.Manifests.WriteRoot(Service);
            mesh.Manifests.WriteBackend(First, mesh._v1);
            mesh.Manifests.WriteBackend(Second, mesh._v2);
            mesh.Manifests.WriteSplit(Service, (First, 100), (Second, 0));
            mesh._server = await ServerProcess.StartAsync(new ServerOptions { Manifests = mesh.Manifests.FullPath });
            mesh._plane = await EmbeddedDataPlane.StartAsync(
                new EmbeddedDataPlaneOptions
                {
                    XdsAddress = new Uri($"http://127.0.0.1:{mesh.Server.Ports.Xds}"),
                    NodeId = "embedded",
                    NodeNamespace = "default",
                },
                NullLoggerFactory.Instance,
                TimeProvider.System,
                new Random(1),
                TestContext.Current.CancellationToken);
            await mesh.FollowsAsync(100, 0);
            await Eventually.BecomesAsync(() => mesh.Plane.ListenerAddresses.Count == 1);
            return mesh;
        }
        catch
        {
            await mesh.DisposeAsync();
            throw;
        }
    }

    /// <summary>Load on a service through the data plane.</summary>
    public TrafficOptions To(string service = Service) => new() { Port = Server.Ports.Listener, Host = $"{service}.default" };

    /// <summary>Changes the weights by writing the manifest, and waits until the data plane follows.</summary>
    public Task ShiftAsync(int first, int second)
    {
        Manifests.WriteSplit(Service, (First, first), (Second, second));
        return FollowsAsync(first, second);
    }

    /// <summary>Waits until the server says that the data plane has acknowledged the weights.</summary>
    public Task FollowsAsync(int first, int second) =>
        ConvergesAsync(Service, state => state.IsLiveAt((First, first), (Second, second)));

    /// <summary>Waits until the server's word on a service is as wanted.</summary>
    public Task ConvergesAsync(string service, Func<Convergence, bool> accept) =>
        Eventually.GetAsync(() => Server.Admin.ConvergenceAsync($"default/{service}"), accept);

    /// <summary>Fails if the data plane has rejected anything.</summary>
    public async Task AssertNothingRejectedAsync()
    {
        Assert.Equal(0, (await Server.Admin.MetricsAsync()).Sum("xds_nacks_total"));
        var stream = Assert.Single(await Server.Admin.StreamsAsync());
        Assert.All(stream.Types.Values, type => Assert.Equal(0, type.Nacks));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable? part in (IAsyncDisposable?[])[_plane, _server, _v2, _v1])
        {
            if (part is not null)
            {
                await part.DisposeAsync();
            }
        }

        Manifests.Dispose();
    }
}
