using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace XdsCanary.CanaryEngine.Tests.Webhooks;

/// <summary>A real HTTP server that keeps what it is sent and answers as it is told.</summary>
internal sealed class HttpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<Received> _requests = Channel.CreateUnbounded<Received>();

    private HttpReceiver(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.First());

    public ConcurrentQueue<Received> All { get; } = new();

    public static async Task<HttpReceiver> StartAsync(Func<HttpContext, int, Task> answer, bool tls = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => Secure(listen, tls)));
        var app = builder.Build();
        var receiver = new HttpReceiver(app);
        app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var headers = context.Request.Headers.ToDictionary(
                header => header.Key, header => $"{header.Value}", StringComparer.OrdinalIgnoreCase);
            var received = new Received(
                context.Request.Method, $"{context.Request.Path}{context.Request.QueryString}", headers, await reader.ReadToEndAsync());
            receiver.All.Enqueue(received);
            var number = receiver.All.Count - 1;
            await receiver._requests.Writer.WriteAsync(received);
            await answer(context, number);
        });
        await app.StartAsync();
        return receiver;
    }

    public static Task<HttpReceiver> StartAsync(params (int Status, string Body)[] answers) => StartAsync((context, number) =>
    {
        var (status, body) = answers[Math.Min(number, answers.Length - 1)];
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(body);
    });

    public async Task<Received> NextAsync() => await _requests.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private static void Secure(ListenOptions listen, bool tls)
    {
        if (tls)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=nobody-signed-this", key, HashAlgorithmName.SHA256);
            var start = TimeProvider.System.GetUtcNow().AddDays(-1);
            var certificate = request.CreateSelfSigned(start, start.AddDays(2));
            listen.UseHttps(X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null));
        }
    }
}

internal sealed record Received(string Method, string Path, Dictionary<string, string> Headers, string Body);
