using System.Net;
using System.Threading.Channels;
using Envoy.Service.Discovery.V3;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace XdsCanary.DemoProxy.Tests.Kit;

/// <summary>A control plane that says what the test tells it to, over a real connection.</summary>
internal sealed class FakeAdsServer : AggregatedDiscoveryService.AggregatedDiscoveryServiceBase, IAsyncDisposable
{
    private readonly Channel<FakeAdsStream> _streams = Channel.CreateUnbounded<FakeAdsStream>();
    private readonly WebApplication _app;

    private FakeAdsServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(this);
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        _app = builder.Build();
        _app.MapGrpcService<FakeAdsServer>();
    }

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public static async Task<FakeAdsServer> StartAsync(CancellationToken cancellationToken)
    {
        var server = new FakeAdsServer();
        await server._app.StartAsync(cancellationToken);
        return server;
    }

    /// <summary>The next stream that a client opens.</summary>
    public ValueTask<FakeAdsStream> NextStreamAsync(CancellationToken cancellationToken) => _streams.Reader.ReadAsync(cancellationToken);

    public override async Task DeltaAggregatedResources(
        IAsyncStreamReader<DeltaDiscoveryRequest> requestStream, IServerStreamWriter<DeltaDiscoveryResponse> responseStream,
        ServerCallContext context)
    {
        var stream = new FakeAdsStream(responseStream);
        _streams.Writer.TryWrite(stream);
        var reading = stream.PumpAsync(requestStream, context.CancellationToken);
        await Task.WhenAny(reading, stream.Ended);
    }

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        await _app.StopAsync(atOnce.Token);
        await _app.DisposeAsync();
    }
}
