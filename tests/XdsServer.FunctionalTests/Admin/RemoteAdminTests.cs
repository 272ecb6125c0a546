using System.Net;
using System.Net.Http.Headers;

namespace XdsCanary.XdsServer.FunctionalTests.Admin;

/// <summary>An admin port that more than this machine can reach.</summary>
public sealed class RemoteAdminTests : IAsyncLifetime
{
    private const string Token = "secret";

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync(options =>
    {
        options.AdminAddress = "0.0.0.0";
        options.AdminToken = Token;
    });

    [Theory]
    [InlineData("/debug/streams", HttpStatusCode.OK)]
    [InlineData("/debug/streams/987654321", HttpStatusCode.NotFound)]
    [InlineData("/debug/snapshots", HttpStatusCode.OK)]
    [InlineData("/debug/snapshots/default", HttpStatusCode.OK)]
    [InlineData("/debug/objects", HttpStatusCode.OK)]
    [InlineData("/debug/convergence?service=default/web", HttpStatusCode.OK)]
    [InlineData("/api/canaries", HttpStatusCode.OK)]
    public async Task What_is_configured_is_shown_to_those_who_have_the_token(string path, HttpStatusCode expected)
    {
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(path, token: null));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(path, "wrong"));
        Assert.Equal(expected, await StatusAsync(path, Token));
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    [InlineData("/metrics")]
    public async Task Probes_and_metrics_need_no_token(string path) =>
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(path, token: null));

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    private async Task<HttpStatusCode> StatusAsync(string path, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using var response = await _server.Admin.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
