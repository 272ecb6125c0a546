using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Metrics.PromQl;

namespace XdsCanary.CanaryEngine.Tests.Metrics;

public sealed class PrometheusClientTests : IDisposable
{
    private const string One =
        """{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1545905245.458,"100"]}]}}""";

    private readonly PrometheusHttp _http = new(TimeProvider.System);

    [Fact]
    public async Task MET_30_Value_of_the_one_series_is_the_answer()
    {
        await using var server = await StubServer.StartAsync(One);

        var answer = await AskAsync(new PrometheusEndpoint(new Uri(server.Address, "/base/path/")), "sum(up{a=\"b c\"})");

        Assert.Equal((100, null, "sum(up{a=\"b c\"})", One), (answer.Value, answer.Missing, answer.Query, answer.Raw));
        var request = Assert.Single(server.Requests);
        Assert.Equal(("/base/path/api/v1/query", "sum(up{a=\"b c\"})"), (request.Path, request.Query));
        Assert.DoesNotContain("Authorization", request.Headers.Keys);
    }

    [Fact]
    public async Task MET_30_Credentials_and_headers_are_sent()
    {
        await using var server = await StubServer.StartAsync(One);
        var endpoint = new PrometheusEndpoint(server.Address) { User = "user", Password = "pass" };

        await AskAsync(endpoint);
        await AskAsync(endpoint with { Token = "secret" });
        await AskAsync(endpoint with
        {
            Headers = [new TemplateVariable("X-Scope", "a"), new TemplateVariable("X-Scope", "b")],
        });

        var requests = server.Requests.ToArray();
        Assert.Equal("Basic dXNlcjpwYXNz", requests[0].Headers["Authorization"]);
        Assert.Equal("Bearer secret", requests[1].Headers["Authorization"]);
        Assert.Equal("a, b", requests[2].Headers["X-Scope"]);
    }

    [Theory]
    [InlineData("""{"resultType":"vector","result":[]}""", InconclusiveKind.NoTraffic, "no values found")]
    [InlineData("""{"resultType":"vector","result":[{"metric":{},"value":[1,"NaN"]}]}""", InconclusiveKind.NoTraffic, "no values found")]
    [InlineData("""{"resultType":"scalar","result":[1,"NaN"]}""", InconclusiveKind.NoTraffic, "no values found")]
    [InlineData("""{"resultType":"matrix","result":[]}""", InconclusiveKind.BadQuery, "query returned multiple values")]
    [InlineData("""{"resultType":"string","result":[1,"a"]}""", InconclusiveKind.BadQuery, "query returned a string, want a number")]
    [InlineData(
        """{"resultType":"vector","result":[{"metric":{},"value":[1,"1"]},{"metric":{},"value":[1,"2"]}]}""",
        InconclusiveKind.BadQuery,
        "query returned 2 series, want one; aggregate with sum()")]
    [InlineData(
        """{"resultType":"vector","result":[{"metric":{},"histogram":[1,{}]}]}""",
        InconclusiveKind.BadQuery,
        "query returned a histogram, want a number; take a quantile of it")]
    public void MET_30_What_is_no_number_is_told_apart(string data, InconclusiveKind kind, string error)
    {
        var answer = PrometheusReply.Read($$"""{"status":"success","data":{{data}}}""");

        Assert.Equal((null, kind, $"running query failed: {error}"), (answer.Value, answer.Missing, answer.Error));
    }

    [Theory]
    [InlineData("""{"resultType":"scalar","result":[1,"2.5"]}""", 2.5)]
    [InlineData("""{"resultType":"vector","result":[{"metric":{},"value":[1,"+Inf"]}]}""", double.PositiveInfinity)]
    [InlineData("""{"resultType":"vector","result":[{"metric":{},"value":[1,"-Inf"]}]}""", double.NegativeInfinity)]
    [InlineData("""{"resultType":"vector","result":[{"metric":{},"value":[1,"7"]},{"metric":{},"value":[1,"7"]}]}""", 7)]
    public void Scalars_infinities_and_series_that_agree_are_numbers(string data, double expected) =>
        Assert.Equal(expected, PrometheusReply.Read($$"""{"status":"success","data":{{data}}}""").Value);

    [Fact]
    public void Warnings_go_with_the_error() => Assert.EndsWith(
        "no values found (warnings: partial; slow)",
        PrometheusReply.Read(
            """{"status":"success","data":{"resultType":"vector","result":[]},"warnings":["partial","slow"]}""").Error,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("<html>", InconclusiveKind.Outage)]
    [InlineData("{}", InconclusiveKind.Outage)]
    [InlineData("[]", InconclusiveKind.Outage)]
    [InlineData("""{"status":"success"}""", InconclusiveKind.Outage)]
    [InlineData("""{"status":"success","data":{"resultType":"scalar","result":[]}}""", InconclusiveKind.Outage)]
    [InlineData("""{"status":"error","errorType":"bad_data","error":"x"}""", InconclusiveKind.BadQuery)]
    [InlineData("""{"status":"error","errorType":"timeout","error":"x"}""", InconclusiveKind.Outage)]
    public void Answer_that_is_not_Prometheus_is_no_value(string body, InconclusiveKind kind) =>
        Assert.Equal((null, kind), (PrometheusReply.Read(body).Value, PrometheusReply.Read(body).Missing));

    [Theory]
    [InlineData(400, "Bad Request", InconclusiveKind.BadQuery, "")]
    [InlineData(422, "Unprocessable Entity", InconclusiveKind.BadQuery, "")]
    [InlineData(500, "Internal Server Error", InconclusiveKind.Outage, "")]
    [InlineData(502, "Bad Gateway", InconclusiveKind.Outage, "")]
    [InlineData(401, "Unauthorized", InconclusiveKind.Outage, " (check the credentials: the Secret's token, or username and password)")]
    [InlineData(404, "Not Found", InconclusiveKind.Outage, "")]
    public async Task H_15_Refused_queries_and_outages_are_told_apart(int status, string phrase, InconclusiveKind kind, string advice)
    {
        const string Body = """{"status":"error","errorType":"internal","error":"storage is down"}""";
        await using var server = await StubServer.StartAsync(Body, status, phrase);

        var answer = await AskAsync(new PrometheusEndpoint(server.Address));

        Assert.Equal($"running query failed: error response: Status {status} {phrase}: {Body}{advice}", answer.Error);
        Assert.Equal((kind, Body), (answer.Missing, answer.Raw));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task MET_30_Probe_takes_one_for_yes_and_502_for_no()
    {
        await using var up = await StubServer.StartAsync(
            """{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"1"]}]}}""");
        await using var odd = await StubServer.StartAsync(One);
        await using var down = await StubServer.StartAsync("bad gateway", 502);
        var client = Client(TimeProvider.System);
        var token = TestContext.Current.CancellationToken;

        Assert.Empty(await client.ProbeAsync(new PrometheusEndpoint(up.Address), token));
        Assert.Equal("vector(1)", up.Requests.Single().Query);
        Assert.Contains("is not 1", await client.ProbeAsync(new PrometheusEndpoint(odd.Address), token), StringComparison.Ordinal);
        Assert.Contains("Status 502", await client.ProbeAsync(new PrometheusEndpoint(down.Address), token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_that_is_unavailable_for_a_moment_is_asked_again()
    {
        var asked = 0;
        await using var server = await StubServer.StartAsync(context =>
        {
            context.Response.StatusCode = Interlocked.Increment(ref asked) == 1 ? 503 : 200;
            return context.Response.WriteAsync(One);
        });

        Assert.Equal(100, (await AskAsync(new PrometheusEndpoint(server.Address))).Value);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task Server_that_is_not_there_is_an_outage_that_names_it()
    {
        var server = await StubServer.StartAsync(One);
        var address = server.Address;
        await server.DisposeAsync();

        var answer = await AskAsync(new PrometheusEndpoint(address));

        Assert.Equal(InconclusiveKind.Outage, answer.Missing);
        Assert.StartsWith($"running query failed: request failed: {address}", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_that_does_not_answer_is_given_up_after_five_seconds()
    {
        var time = new FakeTimeProvider();
        var arrived = new TaskCompletionSource();
        await using var server = await StubServer.StartAsync(async context =>
        {
            arrived.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        });
        var asked = Client(time).QueryAsync(
            new PrometheusEndpoint(server.Address), "up", TestContext.Current.CancellationToken).AsTask();
        await arrived.Task;

        time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(asked.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.1));

        var answer = await asked;
        Assert.Equal(InconclusiveKind.Outage, answer.Missing);
        Assert.EndsWith("no answer within 5 s", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Question_that_is_cancelled_is_no_answer()
    {
        using var end = new CancellationTokenSource();
        await using var server = await StubServer.StartAsync(async context =>
        {
            await end.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Client(TimeProvider.System).QueryAsync(
            new PrometheusEndpoint(server.Address), "up", end.Token));
    }

    [Fact]
    public async Task Same_question_at_one_time_is_asked_once_and_outlives_who_asked_first()
    {
        using var first = new CancellationTokenSource();
        var go = new TaskCompletionSource();
        await using var server = await StubServer.StartAsync(async context =>
        {
            await go.Task;
            await context.Response.WriteAsync(One);
        });
        var client = Client(TimeProvider.System);
        var endpoint = new PrometheusEndpoint(server.Address);
        var token = TestContext.Current.CancellationToken;

        var given = client.QueryAsync(endpoint, "up", first.Token).AsTask();
        var same = client.QueryAsync(endpoint, "up", token).AsTask();
        var other = client.QueryAsync(endpoint, "down", token).AsTask();
        var stranger = client.QueryAsync(endpoint with { Token = "secret" }, "up", token).AsTask();
        await first.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        go.SetResult();

        Assert.All(await Task.WhenAll(same, other, stranger), answer => Assert.Equal(100, answer.Value));
        Assert.Equal(["down", "up", "up"], server.Requests.Select(request => request.Query).Order());
        await client.QueryAsync(endpoint, "up", token);
        Assert.Equal(4, server.Requests.Count);
    }

    [Fact]
    public async Task Endless_answer_is_cut_off()
    {
        await using var server = await StubServer.StartAsync(new string(' ', (1024 * 1024) + 1));

        var answer = await AskAsync(new PrometheusEndpoint(server.Address));

        Assert.Equal(InconclusiveKind.BadQuery, answer.Missing);
        Assert.Contains("1 MiB", answer.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _http.Dispose();

    private PrometheusClient Client(TimeProvider time) => new(_http, TimeSpan.FromSeconds(5), time);

    private async Task<MetricAnswer> AskAsync(PrometheusEndpoint endpoint, string query = "up") =>
        await Client(TimeProvider.System).QueryAsync(endpoint, query, TestContext.Current.CancellationToken);
}
