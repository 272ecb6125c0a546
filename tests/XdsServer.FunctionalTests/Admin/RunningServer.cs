using Microsoft.Extensions.Logging;
using XdsCanary.TestKit.Manifests;
using XdsCanary.XdsServer.Hosting;

namespace XdsCanary.XdsServer.FunctionalTests.Admin;

/// <summary>The whole server in this process, on free ports, with a folder of manifests of its own.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly ServerHost _host;

    private RunningServer(ManifestFolder manifests, ServerHost host)
    {
        Manifests = manifests;
        _host = host;
        Admin = new HttpClient { BaseAddress = host.AdminAddress };
    }

    /// <summary>What it serves.</summary>
    public ManifestFolder Manifests { get; }

    /// <summary>The admin port.</summary>
    public HttpClient Admin { get; }

    /// <summary>The xDS port.</summary>
    public Uri XdsAddress => _host.XdsAddress;

    /// <summary>The settings that tests start from.</summary>
    public static ServerOptions Options(ManifestFolder manifests) => new()
    {
        Manifests = manifests.FullPath,
        XdsAddress = "127.0.0.1",
        XdsPort = 0,
        AdminPort = 0,
    };

    /// <summary>Starts a server with one service, <c>default/web</c>, split between two others.</summary>
    /// <param name="change">Changes the settings; null to leave them.</param>
    public static async Task<RunningServer> StartAsync(Action<ServerOptions>? change = null)
    {
        var manifests = new ManifestFolder();
        manifests.WriteRoot("web");
        manifests.WriteRoot("web-v1");
        manifests.WriteRoot("web-v2");
        manifests.WriteSplit("web", ("web-v1", 75), ("web-v2", 25));
        var options = Options(manifests);
        change?.Invoke(options);
        var host = StandaloneServer.Build(options, logging => logging.ClearProviders());
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new RunningServer(manifests, host);
    }

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await _host.DisposeAsync();
        Manifests.Dispose();
    }
}
