using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace XdsCanary.EndToEnd.Tests.Canary;

/// <summary>A call of a webhook.</summary>
/// <param name="Path">Which one.</param>
/// <param name="Phase">The phase it was told.</param>
/// <param name="Type"><c>Normal</c> or <c>Warning</c> of an event; empty for other hooks.</param>
/// <param name="Text">The event's text; empty for other hooks.</param>
/// <param name="CanaryRequests">How many requests the canary's upstream had had by then.</param>
/// <param name="AllRequests">How many requests all upstreams had had by then.</param>
internal sealed record HookCall(string Path, string Phase, string Type, string Text, long CanaryRequests, long AllRequests)
{
    /// <summary>As the records have it: phase, type and text.</summary>
    public string Line => $"{Phase} {Type} {Text}";
}

/// <summary>Serves the webhooks of canaries and keeps every call. A path that is not refused is answered well.</summary>
internal sealed class HookReceiver : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ConcurrentQueue<HookCall> _calls = new();

    private HookReceiver(WebApplication application) => _application = application;

    /// <summary>Paths that are answered with 403.</summary>
    public ConcurrentDictionary<string, bool> Refused { get; } = new(StringComparer.Ordinal);

    /// <summary>Counts the requests of the canary's upstream and of all.</summary>
    public Func<(long Canary, long All)> Count { get; set; } = () => (0, 0);

    /// <summary>Everything called so far, in order.</summary>
    public IReadOnlyList<HookCall> Calls => [.. _calls];

    /// <summary>The events so far, in order.</summary>
    public IReadOnlyList<HookCall> Events => [.. _calls.Where(call => call.Path == "/event")];

    /// <summary>Starts it on a free port.</summary>
    public static async Task<HookReceiver> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.Configure<KestrelServerOptions>(options => options.Listen(IPAddress.Loopback, 0));
        builder.Services.AddLogging(logging => logging.ClearProviders());
        var application = builder.Build();
        var receiver = new HookReceiver(application);
        application.Run(receiver.AnswerAsync);
        await application.StartAsync();
        return receiver;
    }

    /// <summary>The address of a path.</summary>
    public string UrlOf(string path) => $"{_application.Urls.Single()}{path}";

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _application.StopAsync(now.Token);
        await _application.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body);
        var root = body.RootElement;
        var (canary, all) = Count();
        var metadata = root.TryGetProperty("metadata", out var found) ? found : default;
        var path = context.Request.Path.Value!;
        _calls.Enqueue(new HookCall(
            path,
            root.GetProperty("phase").GetString()!,
            Text(metadata, "eventType"),
            Text(metadata, "eventMessage"),
            canary,
            all));
        context.Response.StatusCode = Refused.ContainsKey(path) ? StatusCodes.Status403Forbidden : StatusCodes.Status200OK;
    }

    private static string Text(JsonElement metadata, string name) =>
        metadata.ValueKind == JsonValueKind.Object && metadata.TryGetProperty(name, out var value)
            ? value.GetString()!
            : string.Empty;
}
