using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Manifests;
using XdsCanary.TestKit.Server;

namespace XdsCanary.XdsServer.FunctionalTests.Admin;

/// <summary>Canaries of a running server, read and steered as people do: by the admin API and the command line.</summary>
public sealed class CanaryApiTests : IAsyncLifetime
{
    private const string Path = "/api/canaries/default/shop";

    private RunningServer _server = null!;

    private string Token => File.ReadAllText(TokenFile).Trim();

    private string StateDirectory => System.IO.Path.Combine(_server.Manifests.FullPath, ".xds-canary");

    private string TokenFile => System.IO.Path.Combine(StateDirectory, "admin-token");

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        WriteTarget(9001);
        WriteCanary("threshold: 5");
        await PhaseAsync("Initialized");
    }

    [Fact]
    public async Task H_31_faults_of_a_canary_are_its_condition_until_they_are_mended()
    {
        WriteCanary("threshold: -5, iterationz: 2");

        var faulty = await Eventually.GetAsync(ReadAsync, canary => canary.TryGetProperty("accepted", out _));
        var condition = faulty.GetProperty("accepted");
        Assert.Equal("False", condition.GetProperty("status").GetString());
        var message = condition.GetProperty("message").GetString();
        Assert.Contains("spec.analysis.threshold", message, StringComparison.Ordinal);
        Assert.Contains("spec.analysis.iterationz", message, StringComparison.Ordinal);
        Assert.Equal("Initialized", faulty.GetProperty("phase").GetString());

        WriteCanary("threshold: 6");
        await Eventually.GetAsync(ReadAsync, canary => !canary.TryGetProperty("accepted", out _));
    }

    [Fact]
    public async Task Run_is_paused_resumed_rolled_back_retried_and_promoted()
    {
        WriteTarget(9002);
        await PhaseAsync("Progressing");

        var paused = await AskAsync("pause");
        Assert.True(paused.GetProperty("paused").GetBoolean());
        Assert.Contains("409", await RefusalAsync("pause"), StringComparison.Ordinal);
        Assert.False((await AskAsync("resume")).GetProperty("paused").GetBoolean());
        await Eventually.GetAsync(ReadAsync, canary => canary.GetProperty("weight").GetInt32() > 0);

        var failed = await AskAsync("rollback");
        Assert.Equal("Failed", failed.GetProperty("phase").GetString());
        Assert.Equal(0, failed.GetProperty("weight").GetInt32());
        Assert.Equal("False", failed.GetProperty("promoted").GetProperty("status").GetString());

        await AskAsync("retry");
        await PhaseAsync("Progressing");
        await AskAsync("promote");
        var ended = await PhaseAsync("Succeeded");
        Assert.Equal(2, ended.GetProperty("history").GetArrayLength());
        Assert.All(ended.GetProperty("history").EnumerateArray(), run => Assert.Equal(JsonValueKind.Array, run.GetProperty("checks").ValueKind));
        Assert.Contains(
            ended.GetProperty("events").EnumerateArray(),
            told => told.GetProperty("text").GetString() == "Pause of shop.default requested by tester");
    }

    [Theory]
    [InlineData("promote")]
    [InlineData("rollback")]
    [InlineData("resume")]
    [InlineData("retry")]
    [InlineData("approve")]
    public async Task Verb_that_makes_no_sense_is_refused_with_a_reason(string verb) =>
        Assert.StartsWith("409 default/shop is Initialized: ", await RefusalAsync(verb), StringComparison.Ordinal);

    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    [InlineData("")]
    public async Task Verb_without_the_right_token_is_refused(string? token)
    {
        using var response = await PostAsync(Path + "/pause", token);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.False((await ReadAsync()).GetProperty("paused").GetBoolean());
    }

    [Theory]
    [InlineData("/api/canaries/default/shop/explode", "there are promote, rollback, pause, resume, retry, approve.")]
    [InlineData("/api/canaries/default/shpo/pause", "did you mean default/shop?")]
    public async Task Unknown_verb_or_canary_is_not_found(string path, string expected)
    {
        using var response = await PostAsync(path, Token);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains(expected, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void Made_token_is_readable_by_its_owner_only()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        Assert.Equal(64, Token.Length);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(TokenFile));
    }

    [Fact]
    public async Task Command_line_lists_describes_steers_and_waits()
    {
        var url = _server.Admin.BaseAddress!.ToString();

        var (listed, table) = await ServerProcess.RunAsync("get", "canaries", "--server", url);
        Assert.Equal(0, listed);
        Assert.Matches(@"(?m)^NAME   STATUS        WEIGHT   LASTTRANSITIONTIME\nshop   Initialized   0        \d{4}-", table);
        var (described, text) = await ServerProcess.RunAsync("describe", "canary", "shop", "--server", url);
        Assert.Equal(0, described);
        Assert.Contains("Initialization done! shop.default", text, StringComparison.Ordinal);
        var (refused, reason) = await ServerProcess.RunAsync("pause", "shop", "--server", url);
        Assert.Equal((2, true), (refused, reason.StartsWith("The server asks for a token;", StringComparison.Ordinal)));
        Assert.Equal(0, (await ServerProcess.RunAsync("pause", "shop", "--server", url, "--state", StateDirectory)).ExitCode);
        Assert.Equal(1, (await ServerProcess.RunAsync("retry", "shop", "--server", url, "--state", StateDirectory)).ExitCode);
        Assert.Equal(0, (await ServerProcess.RunAsync("watch", "shop", "--until", "idle", "--server", url)).ExitCode);
        Assert.Equal(1, (await ServerProcess.RunAsync("get", "canaries", "--server", "http://127.0.0.1:1")).ExitCode);
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    private void WriteCanary(string analysis) => _server.Manifests.Write("shop.canary.yaml", $$"""
        apiVersion: flagger.app/v1beta1
        kind: Canary
        metadata: {name: shop, namespace: default}
        spec:
          targetRef: {apiVersion: v1, kind: Service, name: shop}
          service: {port: 80}
          analysis: {interval: 1s, {{analysis}}, stepWeight: 1, maxWeight: 90, convergence: {percent: 0} }

        """);

    private void WriteTarget(int port) => _server.Manifests.Write(
        "shop.service.yaml",
        $"{Manifest.Service("shop", "default")}---\n{Manifest.EndpointSlice("shop", "default", port)}");

    private Task<JsonElement> PhaseAsync(string phase) =>
        Eventually.GetAsync(ReadAsync, canary => canary.GetProperty("phase").GetString() == phase);

    private async Task<JsonElement> ReadAsync()
    {
        using var document = JsonDocument.Parse(await _server.Admin.GetStringAsync(Path, TestContext.Current.CancellationToken));
        return document.RootElement.Clone();
    }

    private async Task<JsonElement> AskAsync(string verb)
    {
        using var response = await PostAsync($"{Path}/{verb}", Token);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, text);
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    private async Task<string> RefusalAsync(string verb)
    {
        using var response = await PostAsync($"{Path}/{verb}", Token);
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return $"{(int)response.StatusCode} {document.RootElement.GetProperty("error").GetString()}";
    }

    private async Task<HttpResponseMessage> PostAsync(string path, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Content = new StringContent("""{"by":"tester"}""", Encoding.UTF8, "application/json");
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return await _server.Admin.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
