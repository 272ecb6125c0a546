using System.Text.Json;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Manifests;
using XdsCanary.TestKit.RealEnvoy;
using XdsCanary.TestKit.Server;
using XdsCanary.TestKit.Traffic;

namespace XdsCanary.EndToEnd.Tests.Canary;

/// <summary>
/// A canary as its user runs it: the service <c>web</c> with the upstream <c>first</c>, the server, a real Envoy and a receiver
/// of webhooks. Releasing another upstream is releasing a new revision.
/// </summary>
internal sealed class CanaryMesh : IAsyncDisposable
{
    public const string Service = "web";

    // Whatever came into being goes, the last first, even if the rest did not.
    private readonly Stack<IAsyncDisposable> _parts = new();
    private readonly List<UpstreamServer> _upstreams = [];
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false });
    private IReadOnlyList<UpstreamServer> _released = [];

    private CanaryMesh()
    {
    }

    public ManifestFolder Manifests { get; } = new();

    public HookReceiver Hooks { get; private set; } = null!;

    public ServerProcess Server { get; private set; } = null!;

    public EnvoyInstance Envoy { get; private set; } = null!;

    public UpstreamServer First => _upstreams[0];

    /// <summary>Load on the service through the Envoy.</summary>
    public TrafficOptions Load => new() { Port = Server.Ports.Listener, Host = $"{Service}.default" };

    /// <summary>Starts the server with a service and no canary yet.</summary>
    public static Task<CanaryMesh> StartAsync(params string[] arguments) => StartAsync((_, _) => Task.FromResult(arguments));

    /// <summary>Starts the server with a service and no canary yet.</summary>
    /// <param name="arguments">Makes the server's arguments, knowing the port of Envoy's admin interface.</param>
    /// <param name="reconnectLimit">The longest pause between two tries of the Envoy to reach the server; null for the usual one.</param>
    public static async Task<CanaryMesh> StartAsync(
        Func<CanaryMesh, int, Task<string[]>> arguments, TimeSpan? reconnectLimit = null)
    {
        Tool.Find("envoy");
        var mesh = new CanaryMesh();
        try
        {
            mesh.Hooks = mesh.Keep(await HookReceiver.StartAsync());
            mesh.Hooks.Count = mesh.Count;
            mesh.Release(await mesh.UpstreamAsync("first"));
            var adminPort = TestKit.Processes.FreePort.Next();
            mesh.Server = mesh.Keep(await ServerProcess.StartAsync(
                new ServerOptions { Manifests = mesh.Manifests.FullPath, Arguments = await arguments(mesh, adminPort) }));
            var envoy = new EnvoyOptions { XdsPort = mesh.Server.Ports.Xds, AdminPort = adminPort };
            mesh.Envoy = mesh.Keep(await EnvoyInstance.StartReadyAsync(
                envoy with { ReconnectLimit = reconnectLimit ?? envoy.ReconnectLimit }));
            return mesh;
        }
        catch
        {
            await mesh.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts an upstream.</summary>
    public async Task<UpstreamServer> UpstreamAsync(string name)
    {
        var upstream = Keep(await UpstreamServer.StartAsync(name));
        _upstreams.Add(upstream);
        return upstream;
    }

    /// <summary>Makes upstreams the endpoints of the service: a new revision.</summary>
    public void Release(params UpstreamServer[] upstreams)
    {
        _released = upstreams;
        Manifests.WriteBackend(Service, upstreams);
    }

    /// <summary>Writes the canary, and waits until the Envoy sends everything to its primary.</summary>
    public async Task InitialiseAsync(
        IEnumerable<string> analysis, IEnumerable<string>? hooks = null, IEnumerable<string>? metrics = null)
    {
        Manifests.Write("canary.yaml", CanaryText.Write(analysis, hooks ?? [], metrics ?? []));
        await PhaseAsync("Initialized");
        await FollowsAsync(0);
    }

    /// <summary>Waits until the server says that the Envoy has acknowledged a weight of the canary.</summary>
    public Task FollowsAsync(int weight, TimeSpan? timeout = null) => Eventually.GetAsync(
        () => Server.Admin.ConvergenceAsync($"default/{Service}"),
        state => state.IsLiveAt(($"{Service}-primary", 100 - weight), ($"{Service}-canary", weight)),
        timeout);

    /// <summary>Waits for a phase in the canary's state.</summary>
    /// <returns>The status.</returns>
    public Task<JsonElement> PhaseAsync(string phase, TimeSpan? timeout = null) =>
        StatusAsync(status => Text(status, "phase") == phase, timeout);

    /// <summary>Waits for a status, as the canary's file has it.</summary>
    public Task<JsonElement> StatusAsync(Func<JsonElement, bool> accept, TimeSpan? timeout = null) => Eventually.GetAsync(
        async () =>
        {
            var file = Path.Combine(Manifests.FullPath, ".xds-canary", "default", $"{Service}.json");
            using var state = JsonDocument.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
            return state.RootElement.GetProperty("status").Clone();
        },
        accept,
        timeout);

    /// <summary>Sends one request through the Envoy.</summary>
    /// <returns>Which upstream answered, and the cookies that it set.</returns>
    public async Task<(string From, string[] Cookies)> AskAsync(params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{Load.Port}/");
        request.Headers.Host = Load.Host;
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
        var cookies = response.Headers.TryGetValues("set-cookie", out var found) ? found.ToArray() : [];
        return (response.Headers.GetValues(UpstreamServer.NameHeader).Single(), cookies);
    }

    /// <summary>Waits for an event.</summary>
    public async Task<HookCall> EventAsync(string part, TimeSpan? timeout = null)
    {
        var events = await Eventually.GetAsync(
            () => Task.FromResult(Hooks.Events),
            events => events.Any(call => call.Text.Contains(part, StringComparison.Ordinal)),
            timeout,
            $"an event with '{part}'");
        return events.First(call => call.Text.Contains(part, StringComparison.Ordinal));
    }

    /// <summary>A field of a status.</summary>
    public static string Text(JsonElement status, string field) =>
        status.TryGetProperty(field, out var value) ? value.ToString() : string.Empty;

    public async ValueTask DisposeAsync()
    {
        while (_parts.TryPop(out var part))
        {
            await part.DisposeAsync();
        }

        _http.Dispose();
        Manifests.Dispose();
    }

    /// <summary>Disposes a part together with the mesh.</summary>
    public T Keep<T>(T part)
        where T : IAsyncDisposable
    {
        _parts.Push(part);
        return part;
    }

    private (long Canary, long All) Count() =>
        (_released.Sum(upstream => upstream.Requests), _upstreams.ToArray().Sum(upstream => upstream.Requests));
}
