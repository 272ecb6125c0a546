using System.Threading.Channels;
using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using Grpc.Core;

namespace XdsCanary.DemoProxy.Tests.Kit;

/// <summary>One stream of a fake control plane.</summary>
internal sealed class FakeAdsStream(IServerStreamWriter<DeltaDiscoveryResponse> responses)
{
    private readonly Channel<DeltaDiscoveryRequest> _requests = Channel.CreateUnbounded<DeltaDiscoveryRequest>();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _nonce;

    public Task Ended => _ended.Task;

    public async Task PumpAsync(IAsyncStreamReader<DeltaDiscoveryRequest> requests, CancellationToken cancellationToken)
    {
        try
        {
            while (await requests.MoveNext(cancellationToken))
            {
                _requests.Writer.TryWrite(requests.Current);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The client is gone.
        }
    }

    /// <summary>The next request.</summary>
    public async Task<DeltaDiscoveryRequest> NextAsync(CancellationToken cancellationToken) =>
        await _requests.Reader.ReadAsync(cancellationToken);

    /// <summary>Sends resources of one type, and returns the response's nonce.</summary>
    public async Task<string> SendAsync(string version, params IMessage[] resources)
    {
        var nonce = $"{++_nonce}";
        await responses.WriteAsync(Envoys.Response(Envoys.TypeOf(resources[0]), nonce, version, resources));
        return nonce;
    }

    /// <summary>Sends a resource, and returns the client's answer, leaving out other requests before it.</summary>
    public async Task<DeltaDiscoveryRequest> ExchangeAsync(string version, IMessage resource, CancellationToken cancellationToken)
    {
        var nonce = await SendAsync(version, resource);
        return await AnswerAsync(Envoys.TypeOf(resource), nonce, cancellationToken);
    }

    /// <summary>The answer to a response, leaving out other requests before it.</summary>
    public async Task<DeltaDiscoveryRequest> AnswerAsync(string type, string nonce, CancellationToken cancellationToken)
    {
        while (true)
        {
            var request = await NextAsync(cancellationToken);
            if (request.TypeUrl == type && request.ResponseNonce == nonce)
            {
                return request;
            }
        }
    }

    /// <summary>Removes a resource.</summary>
    public Task RemoveAsync(string type, string name) => responses.WriteAsync(
        new DeltaDiscoveryResponse { TypeUrl = type, Nonce = $"{++_nonce}", RemovedResources = { name } });

    /// <summary>Ends the stream.</summary>
    public void End() => _ended.TrySetResult();
}
