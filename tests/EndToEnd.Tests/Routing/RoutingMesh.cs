using System.Net;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Manifests;
using XdsCanary.TestKit.RealEnvoy;
using XdsCanary.TestKit.Server;
using XdsCanary.TestKit.Traffic;

namespace XdsCanary.EndToEnd.Tests.Routing;

/// <summary>What came back for one request.</summary>
/// <param name="Status">The status.</param>
/// <param name="From">The upstream that answered; null when Envoy did by itself.</param>
/// <param name="Body">The text.</param>
internal sealed record Reply(HttpStatusCode Status, string? From, string Body)
{
    /// <summary>The values of <c>Set-Cookie</c>, joined by bars.</summary>
    public string SetCookie { get; init; } = string.Empty;
}

/// <summary>A server and a real Envoy over manifests of the test's own, to ask where single requests end up.</summary>
internal sealed class RoutingMesh : IAsyncDisposable
{
    private readonly Dictionary<string, UpstreamServer> _upstreams = new(StringComparer.Ordinal);
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false });
    private ServerProcess? _server;
    private EnvoyInstance? _envoy;

    /// <summary>What the server serves.</summary>
    public ManifestFolder Manifests { get; } = new();

    /// <summary>The server, once it is started.</summary>
    public ServerProcess Server => _server ?? throw new InvalidOperationException("The mesh was not started.");

    private EnvoyInstance Envoy => _envoy ?? throw new InvalidOperationException("The mesh was not started.");

    /// <summary>An upstream of a name; started when it is asked for first.</summary>
    public async Task<UpstreamServer> UpstreamAsync(string name) =>
        _upstreams.TryGetValue(name, out var known) ? known : _upstreams[name] = await UpstreamServer.StartAsync(name);

    /// <summary>Writes Services, each with an upstream that has the name of its Service and namespace: <c>web.default</c>.</summary>
    public async Task ServeAsync(string ns, params string[] services)
    {
        foreach (var service in services)
        {
            Manifests.WriteBackend(service, await UpstreamAsync($"{service}.{ns}"), ns);
        }
    }

    /// <summary>Starts the server, and an Envoy that has its configuration when this returns.</summary>
    public async Task StartAsync(string ns = "default", params string[] visibleNamespaces)
    {
        Tool.Find("envoy");
        _server = await ServerProcess.StartAsync(new ServerOptions { Manifests = Manifests.FullPath });
        _envoy = await EnvoyInstance.StartReadyAsync(
            new EnvoyOptions { XdsPort = _server.Ports.Xds, Namespace = ns, VisibleNamespaces = visibleNamespaces });
    }

    /// <summary>Waits until the server says that the Envoy has acknowledged a service's weights.</summary>
    public Task FollowsAsync(string service, params (string Backend, int Weight)[] backends) => Eventually.GetAsync(
        () => Server.Admin.ConvergenceAsync($"default/{service}"), state => state.IsLiveAt(backends));

    /// <summary>Load on a host through the Envoy.</summary>
    public TrafficOptions To(string host) => new() { Port = Server.Ports.Listener, Host = host };

    /// <summary>Sends one request through the Envoy.</summary>
    public async Task<Reply> AskAsync(
        string host, string path = "/", string method = "GET", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Parse(method), $"http://127.0.0.1:{Server.Ports.Listener}{path}");
        request.Headers.Host = host;
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        response.Headers.TryGetValues(UpstreamServer.NameHeader, out var names);
        return new Reply(
            response.StatusCode,
            names?.Single(),
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
        {
            SetCookie = response.Headers.TryGetValues("set-cookie", out var cookies) ? string.Join('|', cookies) : string.Empty,
        };
    }

    /// <summary>Fails unless a request for a host is answered well by the given upstream.</summary>
    public async Task AssertServedAsync(
        string upstream, string host, string path = "/", string method = "GET", params (string Name, string Value)[] headers)
    {
        var reply = await AskAsync(host, path, method, headers);
        Assert.True(
            reply is { Status: HttpStatusCode.OK } && reply.From == upstream,
            $"{method} {host}{path}: {upstream} should have answered; {reply}");
    }

    /// <summary>Fails unless no route takes a host.</summary>
    public async Task AssertNotRoutedAsync(string host) =>
        Assert.Equal(new Reply(HttpStatusCode.NotFound, null, string.Empty), await AskAsync(host));

    /// <summary>Fails if the Envoy has rejected anything.</summary>
    public async Task AssertNothingRejectedAsync() => Assert.Equal(0, await Envoy.Admin.RejectedAsync());

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_envoy is not null)
        {
            await _envoy.DisposeAsync();
        }

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        foreach (var upstream in _upstreams.Values)
        {
            await upstream.DisposeAsync();
        }

        Manifests.Dispose();
    }
}
