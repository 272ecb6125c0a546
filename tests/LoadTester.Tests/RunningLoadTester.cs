using System.Net;
using System.Text;

namespace XdsCanary.LoadTester.Tests;

/// <summary>A load tester on a free port of loopback, and a client of it.</summary>
internal sealed class RunningLoadTester : IAsyncDisposable
{
    private readonly LoadTesterServer _server;
    private readonly HttpClient _client;

    private RunningLoadTester(LoadTesterServer server) =>
        (_server, _client) = (server, new HttpClient { BaseAddress = server.Url });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<RunningLoadTester> StartAsync(LoadTesterOptions? options = null)
    {
        var server = LoadTesterServer.Build((options ?? new LoadTesterOptions()) with { Port = 0 }, TimeProvider.System);
        await server.StartAsync(Cancellation);
        return new RunningLoadTester(server);
    }

    public Task<Answer> PostAsync(string path, string body) => PostUntilAsync(path, body, Cancellation);

    public async Task<Answer> PostUntilAsync(string path, string body, CancellationToken cancellationToken)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _client.PostAsync(new Uri(path, UriKind.Relative), content, cancellationToken);
        return await ReadAsync(response);
    }

    public async Task<Answer> GetAsync(string path)
    {
        using var response = await _client.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
        return await ReadAsync(response);
    }

    /// <summary>Gives a task, in the shape in which webhooks do.</summary>
    public Task<Answer> RunAsync(params (string Name, string Value)[] metadata) => PostAsync("/", Task(metadata));

    public static string Task(params (string Name, string Value)[] metadata)
    {
        var members = metadata.Select(entry => $"{Quote(entry.Name)}:{Quote(entry.Value)}");
        return $$$"""{"name":"podinfo","namespace":"test","phase":"Progressing","checksum":"x","metadata":{ {{{string.Join(',', members)}}} }}""";
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    private static string Quote(string text) => $"\"{System.Text.Json.JsonEncodedText.Encode(text)}\"";

    private static async Task<Answer> ReadAsync(HttpResponseMessage response) => new(
        response.StatusCode,
        await response.Content.ReadAsStringAsync(Cancellation),
        $"{response.Headers.Location}");
}

internal sealed record Answer(HttpStatusCode Status, string Body, string Location)
{
    public (int Status, string Body) Pair => ((int)Status, Body);
}
