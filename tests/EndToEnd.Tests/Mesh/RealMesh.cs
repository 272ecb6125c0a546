using XdsCanary.TestKit;
using XdsCanary.TestKit.Manifests;
using XdsCanary.TestKit.RealEnvoy;
using XdsCanary.TestKit.Server;
using XdsCanary.TestKit.Traffic;

namespace XdsCanary.EndToEnd.Tests.Mesh;

/// <summary>
/// The smallest whole: two versions of a service, the server as its users run it, and a real Envoy. The service <c>web</c> is
/// split between <c>web-v1</c> and <c>web-v2</c>, all to the first at the beginning.
/// </summary>
internal sealed class RealMesh : IAsyncDisposable
{
    public const string Service = "web";
    public const string First = "web-v1";
    public const string Second = "web-v2";

    // Whatever came into being goes, the last first, even if the rest did not.
    private readonly Stack<IAsyncDisposable> _parts = new();

    private RealMesh()
    {
    }

    public ManifestFolder Manifests { get; } = new();

    public UpstreamServer V1 { get; private set; } = null!;

    public UpstreamServer V2 { get; private set; } = null!;

    public ServerProcess Server { get; private set; } = null!;

    public EnvoyInstance Envoy { get; private set; } = null!;

    public static async Task<RealMesh> StartAsync(bool delta)
    {
        Tool.Find("envoy");
        var mesh = new RealMesh();
        try
        {
            mesh.V1 = mesh.Keep(await UpstreamServer.StartAsync(First));
            mesh.V2 = mesh.Keep(await UpstreamServer.StartAsync(Second));
            mesh.Manifests.WriteRoot(Service);
            mesh.Manifests.WriteBackend(First, mesh.V1);
            mesh.Manifests.WriteBackend(Second, mesh.V2);
            mesh.Manifests.WriteSplit(Service, (First, 100), (Second, 0));
            mesh.Server = mesh.Keep(await ServerProcess.StartAsync(new ServerOptions { Manifests = mesh.Manifests.FullPath }));
            mesh.Envoy = mesh.Keep(await EnvoyInstance.StartReadyAsync(
                new EnvoyOptions { XdsPort = mesh.Server.Ports.Xds, Delta = delta }));
            await mesh.FollowsAsync(100, 0);
            return mesh;
        }
        catch
        {
            await mesh.DisposeAsync();
            throw;
        }
    }

    /// <summary>Load on a service through the Envoy.</summary>
    public TrafficOptions To(string service = Service) => new() { Port = Server.Ports.Listener, Host = $"{service}.default" };

    /// <summary>Changes the weights by writing the manifest, and waits until the Envoy follows.</summary>
    public Task ShiftAsync(int first, int second)
    {
        Manifests.WriteSplit(Service, (First, first), (Second, second));
        return FollowsAsync(first, second);
    }

    /// <summary>Waits until the server says that the Envoy has acknowledged the weights.</summary>
    public Task FollowsAsync(int first, int second) => Eventually.GetAsync(
        () => Server.Admin.ConvergenceAsync($"default/{Service}"),
        state => state.IsLiveAt((First, first), (Second, second)));

    /// <summary>Waits until the server says that the Envoy has acknowledged a service's route.</summary>
    public Task RoutesAsync(string service) => Eventually.GetAsync(
        () => Server.Admin.ConvergenceAsync($"default/{service}"), state => state is { IsLive: true, Wanted.Count: > 0 });

    /// <summary>Waits until the server says that the Envoy has acknowledged routes without a service.</summary>
    public Task ForgetsAsync(string service) => Eventually.GetAsync(
        () => Server.Admin.ConvergenceAsync($"default/{service}"),
        state => state.Wanted.Count == 0 && state.Converged == state.Proxies);

    /// <summary>Fails if the Envoy has rejected anything, by its own count or by the server's.</summary>
    public async Task AssertNothingRejectedAsync()
    {
        Assert.Equal(0, await Envoy.Admin.RejectedAsync());
        Assert.Equal(0, (await Server.Admin.MetricsAsync()).Sum("xds_nacks_total"));
        Assert.All(
            (await Server.Admin.StreamsAsync()).SelectMany(stream => stream.Types.Values), type => Assert.Equal(0, type.Nacks));
    }

    public async ValueTask DisposeAsync()
    {
        while (_parts.TryPop(out var part))
        {
            await part.DisposeAsync();
        }

        Manifests.Dispose();
    }

    private T Keep<T>(T part)
        where T : IAsyncDisposable
    {
        _parts.Push(part);
        return part;
    }
}
