using System.Net;
using System.Threading.Channels;
using Envoy.Service.Discovery.V3;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace XdsCanary.EndToEnd.Tests.Kit;

/// <summary>
/// An ADS server without a mind: the test reads the requests and writes the responses, on one stream of each variant.
/// </summary>
internal sealed class ScriptedAdsServer : AggregatedDiscoveryService.AggregatedDiscoveryServiceBase, IAsyncDisposable
{
    private readonly Channel<DiscoveryRequest> _requests = Channel.CreateBounded<DiscoveryRequest>(1_000);
    private readonly Channel<DiscoveryResponse> _responses = Channel.CreateBounded<DiscoveryResponse>(1_000);
    private readonly Channel<DeltaDiscoveryRequest> _deltaRequests = Channel.CreateBounded<DeltaDiscoveryRequest>(1_000);
    private readonly Channel<DeltaDiscoveryResponse> _deltaResponses = Channel.CreateBounded<DeltaDiscoveryResponse>(1_000);
    private WebApplication? _application;

    public int Port { get; private set; }

    public static async Task<ScriptedAdsServer> StartAsync()
    {
        var server = new ScriptedAdsServer();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(server);
        builder.WebHost.ConfigureKestrel(options =>
            options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        server._application = builder.Build();
        server._application.MapGrpcService<ScriptedAdsServer>();
        await server._application.StartAsync();
        server.Port = new Uri(server._application.Urls.Single()).Port;
        return server;
    }

    public ValueTask<DiscoveryRequest> RequestAsync() => _requests.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public ValueTask<DeltaDiscoveryRequest> DeltaRequestAsync() =>
        _deltaRequests.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public ValueTask RespondAsync(DiscoveryResponse response) => _responses.Writer.WriteAsync(response);

    public ValueTask RespondAsync(DeltaDiscoveryResponse response) => _deltaResponses.Writer.WriteAsync(response);

    public void EndStreams(Status status)
    {
        _responses.Writer.Complete(new RpcException(status));
        _deltaResponses.Writer.Complete(new RpcException(status));
    }

    public override Task StreamAggregatedResources(
        IAsyncStreamReader<DiscoveryRequest> requestStream,
        IServerStreamWriter<DiscoveryResponse> responseStream,
        ServerCallContext context) => RunAsync(requestStream, _requests.Writer, _responses.Reader, responseStream, context);

    public override Task DeltaAggregatedResources(
        IAsyncStreamReader<DeltaDiscoveryRequest> requestStream,
        IServerStreamWriter<DeltaDiscoveryResponse> responseStream,
        ServerCallContext context) =>
        RunAsync(requestStream, _deltaRequests.Writer, _deltaResponses.Reader, responseStream, context);

    public async ValueTask DisposeAsync()
    {
        _responses.Writer.TryComplete();
        _deltaResponses.Writer.TryComplete();
        await _application!.DisposeAsync();
    }

    private static async Task RunAsync<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requests,
        ChannelWriter<TRequest> seen,
        ChannelReader<TResponse> script,
        IServerStreamWriter<TResponse> responses,
        ServerCallContext context)
    {
        var reading = Task.Run(async () =>
        {
            while (await requests.MoveNext(context.CancellationToken))
            {
                await seen.WriteAsync(requests.Current);
            }
        });
        try
        {
            await foreach (var response in script.ReadAllAsync(context.CancellationToken))
            {
                await responses.WriteAsync(response);
            }
        }
        catch (OperationCanceledException)
        {
            // The client has gone.
        }

        GC.KeepAlive(reading);
    }
}
