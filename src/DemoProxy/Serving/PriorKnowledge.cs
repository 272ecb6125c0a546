using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace XdsCanary.DemoProxy.Serving;

/// <summary>
/// Serves HTTP/1.1 and HTTP/2 on one port without TLS, as Envoy's codec type AUTO does. Kestrel chooses the version of a
/// clear text endpoint once; so there are two endpoints, of which only the first has a port, and connections that begin with
/// HTTP/2's preface run through the pipeline of the second.
/// </summary>
internal static class PriorKnowledge
{
    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0"u8;

    /// <summary>Adds the endpoints; the server's transport must be a <see cref="PortlessTransport"/>.</summary>
    /// <param name="options">The server's options.</param>
    /// <param name="address">The address to listen on.</param>
    public static void Listen(KestrelServerOptions options, IPEndPoint address)
    {
        // Set when the server builds its pipelines, which is before it accepts a connection.
        ConnectionDelegate? http2 = null;
        options.Listen(address, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(http1 => async connection =>
            {
                var chosen = await BeginsWithPrefaceAsync(connection) ? http2! : http1;
                await chosen(connection);
            });
        });
        options.Listen(PortlessTransport.EndPoint, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.Use(next => http2 = next);
        });
    }

    private static async Task<bool> BeginsWithPrefaceAsync(ConnectionContext connection)
    {
        // A connection on which nothing is ever sent must not hold up the server's stop.
        var stop = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        var input = connection.Transport.Input;
        while (true)
        {
            ReadResult read;
            try
            {
                read = await input.ReadAsync(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return false;
            }

            var length = Math.Min(read.Buffer.Length, Preface.Length);
            var couldBe = StartsAsPreface(read.Buffer.Slice(0, length));
            if (!couldBe || length == Preface.Length || read.IsCompleted || read.IsCanceled)
            {
                // Nothing is consumed: the pipeline reads from the first byte on.
                input.AdvanceTo(read.Buffer.Start);
                return couldBe && length == Preface.Length;
            }

            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static bool StartsAsPreface(ReadOnlySequence<byte> bytes)
    {
        Span<byte> copy = stackalloc byte[Preface.Length];
        bytes.CopyTo(copy);
        return Preface.StartsWith(copy[..(int)bytes.Length]);
    }
}
