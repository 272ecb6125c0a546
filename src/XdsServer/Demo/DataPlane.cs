using Microsoft.Extensions.Logging.Abstractions;
using XdsCanary.DemoProxy;
using XdsCanary.XdsServer.Bootstrap;

namespace XdsCanary.XdsServer.Demo;

/// <summary>What routes the demo's requests: a real Envoy, or the embedded stand-in.</summary>
/// <param name="Name">What it is, for people.</param>
/// <param name="Running">The running thing; disposing it ends it.</param>
/// <param name="Admin">The address of its admin interface.</param>
internal sealed record DataPlane(string Name, IAsyncDisposable Running, Uri Admin) : IAsyncDisposable
{
    private const string NodeId = "demo";
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(20);

    /// <summary>Starts the data plane.</summary>
    /// <param name="envoy">The Envoy program; null for the embedded one.</param>
    /// <param name="xds">Where the server is.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    public static async Task<DataPlane> StartAsync(
        string? envoy, Uri xds, TimeProvider time, CancellationToken cancellationToken)
    {
        if (envoy is null)
        {
            var options = new EmbeddedDataPlaneOptions
            {
                XdsAddress = xds,
                NodeId = NodeId,
                NodeNamespace = DemoManifests.Namespace,
            };
            var embedded = await EmbeddedDataPlane.StartAsync(
                options, NullLoggerFactory.Instance, time, new Random(), cancellationToken);
            return new DataPlane("the embedded data plane", embedded, embedded.AdminAddress);
        }

        var bootstrap = BootstrapDocument.Write(new BootstrapOptions
        {
            NodeId = NodeId,
            NodeCluster = "demo",
            NodeNamespace = DemoManifests.Namespace,
            XdsHost = xds.Host,
            XdsPort = xds.Port,
            AdminPort = 0,
        });
        var process = await EnvoyProcess.StartAsync(envoy, bootstrap, ReadyLimit, time, cancellationToken);
        return new DataPlane($"Envoy ({envoy})", process, process.AdminAddress);
    }

    /// <summary>How it ended by itself, with what it said last; null while it runs.</summary>
    public Task<string?> EndAsync() => Running is EnvoyProcess envoy ? envoy.EndAsync() : Task.FromResult<string?>(null);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Running.DisposeAsync();
}
