using Grpc.Net.Client;

namespace XdsCanary.TestKit.Model;

/// <summary>Makes plain HTTP/2 connections to a server on the loopback address.</summary>
public static class ModelChannel
{
    /// <summary>A channel of one connection; several clients may share it, as several streams of one program do.</summary>
    public static GrpcChannel Connect(int port) => GrpcChannel.ForAddress(
        $"http://127.0.0.1:{port}",
        new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = false, UseProxy = false },
            DisposeHttpClient = true,
            MaxReceiveMessageSize = null,
            MaxSendMessageSize = null,
        });
}
