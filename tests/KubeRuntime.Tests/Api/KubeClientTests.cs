using System.Net;
using System.Security.Authentication;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using XdsCanary.KubeRuntime.Api;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.KubeRuntime.Tests.Api;

public sealed class KubeClientTests : IDisposable
{
    private static readonly ApiResource Things = new("example.io", "v1", "things", "Thing");
    private static readonly NamespacedName Name = new("shop", "a");

    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedServer _server = new();
    private readonly KubeClient _client;

    public KubeClientTests() => _client = _server.Client(_time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string, string> Calls => new()
    {
        // call, request, content type, body
        { "apply", "PATCH /apis/example.io/v1/namespaces/shop/things/a?fieldManager=xds-canary&force=true", "application/apply-patch+yaml", """{"x":1}""" },
        { "applystatus", "PATCH /apis/example.io/v1/namespaces/shop/things/a/status?fieldManager=xds-canary&force=true", "application/apply-patch+yaml", """{"x":1}""" },
        { "create", "POST /apis/example.io/v1/namespaces/shop/things?fieldManager=xds-canary", "application/json", """{"x":1}""" },
        { "replace", "PUT /apis/example.io/v1/namespaces/shop/things/a?fieldManager=xds-canary", "application/json", """{"x":1}""" },
        { "merge", "PATCH /apis/example.io/v1/namespaces/shop/things/a?fieldManager=xds-canary", "application/merge-patch+json", """{"x":1}""" },
        { "status", "PATCH /apis/example.io/v1/namespaces/shop/things/a/status?fieldManager=xds-canary", "application/json-patch+json", """[{"op":"test","path":"/metadata/uid","value":"uid-1"},{"op":"add","path":"/status","value":{"x":1}}]""" },
        { "delete", "DELETE /apis/example.io/v1/namespaces/shop/things/a", "", "" },
        { "find", "GET /apis/example.io/v1/namespaces/shop/things/a", "", "" },
    };

    public void Dispose() => _server.Dispose();

    // A server that is slow with one thing and answers others is not away, or everybody would hurry for what it is slow with.
    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task Server_has_returned_when_it_answers_after_nobody_had_an_answer(bool isOtherAnswered, int returns)
    {
        var slow = _client.GetAsync("/slow", Token);
        var slowCall = await _server.NextAsync();
        if (isOtherAnswered)
        {
            await AnswerOneAsync();
        }

        slowCall.Break();
        await Assert.ThrowsAsync<KubeException>(() => slow);
        await AnswerOneAsync();
        await AnswerOneAsync();

        Assert.Equal(returns, _client.Returned.Version);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Call_is_sent_as_the_API_wants_it_and_fails_with_its_name_and_the_server_s_words(
        string call, string request, string contentType, string body)
    {
        // The same body for both: a call does not use up what it is given.
        var given = new JsonObject { ["x"] = 1 };
        var succeeding = Call(call, given, Token);
        var sent = await _server.NextAsync();
        Assert.Equal(request, $"{sent.Method} {sent.Path}{sent.Query}");
        Assert.Equal(contentType, sent.ContentType?.Split(';')[0] ?? string.Empty);
        Assert.Equal(body, sent.Body);
        sent.Answer("""{"kind":"Thing","unknown":{"y":2}}""");
        await succeeding;

        var failing = Call(call, given, Token);
        (await _server.NextAsync()).Refuse(HttpStatusCode.UnprocessableEntity, "spec.x: must not be 1");
        var exception = await Assert.ThrowsAsync<KubeException>(() => failing);
        Assert.Equal(KubeFault.Invalid, exception.Fault);
        Assert.Equal($"{request.Split('?')[0]}: 422 spec.x: must not be 1", exception.Message);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Call_that_is_not_answered_is_given_up_and_one_that_its_caller_gives_up_is_cancelled(
        string call, string request, string contentType, string body)
    {
        Assert.NotNull(contentType + body);
        var silent = Call(call, [], Token);
        var sent = await _server.NextAsync();
        _time.Advance(TimeSpan.FromSeconds(14.9));
        Assert.False(silent.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        var exception = await Assert.ThrowsAsync<KubeException>(() => silent);
        Assert.Equal(KubeFault.Unavailable, exception.Fault);
        Assert.Equal($"{request.Split('?')[0]}: no answer within 15 s", exception.Message);
        Assert.True(sent.IsGivenUp);

        using var caller = new CancellationTokenSource();
        var cancelled = Call(call, [], caller.Token);
        await _server.NextAsync();
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
    }

    [Fact]
    public async Task Connection_that_fails_because_its_caller_gave_up_is_a_cancellation_too()
    {
        using var caller = new CancellationTokenSource();
        var client = new KubeClient(
            new HttpClient(_server, disposeHandler: false),
            new Uri("http://api.test"),
            (_, _) =>
            {
                caller.Cancel();
                throw new IOException("the connection was closed");
            },
            _time);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.FindAsync(Things, Name, caller.Token));
    }

    [Fact]
    public async Task Watch_has_a_limit_for_its_beginning_only()
    {
        var silent = _client.OpenAsync("/apis/example.io/v1/things?watch=true", Token);
        _time.Advance(TimeSpan.FromSeconds(15));
        var exception = await Assert.ThrowsAsync<KubeException>(() => silent);
        Assert.Equal("GET /apis/example.io/v1/things: no answer within 15 s", exception.Message);
        await _server.NextAsync();

        var opening = _client.OpenAsync("/apis/example.io/v1/things?watch=true", Token);
        var feed = (await _server.NextAsync()).Open();
        using var response = await opening;
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(Token));
        _time.Advance(TimeSpan.FromHours(1));
        feed.WriteText("line\n");
        Assert.Equal("line", await lines.ReadLineAsync(Token));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("<html>")]
    [InlineData("")]
    public async Task Answer_that_is_no_object_is_a_failed_call(string answer)
    {
        var call = _client.ReplaceAsync(Things, Name, [], Token);
        (await _server.NextAsync()).Answer(answer);

        var exception = await Assert.ThrowsAsync<KubeException>(() => call);
        Assert.Equal(KubeFault.Unavailable, exception.Fault);
        Assert.StartsWith("PUT /apis/example.io/v1/namespaces/shop/things/a: ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failure_of_the_connection_is_told_with_its_reason()
    {
        var call = _client.FindAsync(Things, Name, Token);
        (await _server.NextAsync()).Break(
            new HttpRequestException("The SSL connection could not be established", new AuthenticationException("the certificate has expired")));

        var exception = await Assert.ThrowsAsync<KubeException>(() => call);
        Assert.Equal(
            "GET /apis/example.io/v1/namespaces/shop/things/a: The SSL connection could not be established (the certificate has expired)",
            exception.Message);
    }

    [Fact]
    public async Task Credentials_that_cannot_be_fetched_are_a_failed_call()
    {
        var client = new KubeClient(
            new HttpClient(_server, disposeHandler: false),
            new Uri("http://api.test"),
            (_, _) => throw new InvalidOperationException("the plugin failed"),
            _time);

        var exception = await Assert.ThrowsAsync<KubeException>(() => client.FindAsync(Things, Name, Token));
        Assert.Equal(KubeFault.Unavailable, exception.Fault);
        Assert.EndsWith("the plugin failed", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://gateway.test/k8s/clusters/c-1", "https://gateway.test/k8s/clusters/c-1/api/v1/namespaces/shop/services/a")]
    [InlineData("https://gateway.test/k8s/clusters/c-1/", "https://gateway.test/k8s/clusters/c-1/api/v1/namespaces/shop/services/a")]
    [InlineData("https://[::1]:6443", "https://[::1]:6443/api/v1/namespaces/shop/services/a")]
    public async Task Paths_are_below_the_server_s_address(string root, string address)
    {
        var call = _server.Client(_time, root).FindAsync(new ApiResource(string.Empty, "v1", "services", "Service"), Name, Token);
        var sent = await _server.NextAsync();
        sent.Refuse(HttpStatusCode.NotFound, "none");

        Assert.Equal(address, sent.Address.ToString());
        Assert.Null(await call);
    }

    [Fact]
    public async Task Deleting_what_is_not_there_is_no_failure()
    {
        var call = _client.DeleteAsync(Things, Name, Token);
        (await _server.NextAsync()).Refuse(HttpStatusCode.NotFound, "none");
        Assert.False(await call);
    }

    [Theory]
    [InlineData(400, KubeFault.Invalid)]
    [InlineData(401, KubeFault.Forbidden)]
    [InlineData(403, KubeFault.Forbidden)]
    [InlineData(404, KubeFault.NotFound)]
    [InlineData(405, KubeFault.Invalid)]
    [InlineData(408, KubeFault.Unavailable)]
    [InlineData(409, KubeFault.Conflict)]
    [InlineData(410, KubeFault.Gone)]
    [InlineData(413, KubeFault.Invalid)]
    [InlineData(415, KubeFault.Invalid)]
    [InlineData(422, KubeFault.Invalid)]
    [InlineData(429, KubeFault.Unavailable)]
    [InlineData(500, KubeFault.Unavailable)]
    [InlineData(503, KubeFault.Unavailable)]
    [InlineData(504, KubeFault.Unavailable)]
    [InlineData(302, KubeFault.Invalid)]
    public void Status_comes_to_a_fault(int status, KubeFault fault) => Assert.Equal(fault, KubeException.FaultOf((HttpStatusCode)status));

    [Theory]
    [InlineData("""{"kind":"Status","message":"no such thing"}""", "GET /x: 404 no such thing")]
    [InlineData("404 page not found\n", "GET /x: 404 404 page not found")]
    [InlineData("", "GET /x: 404")]
    [InlineData("""{"message":7}""", """GET /x: 404 {"message":7}""")]
    [InlineData("[1]", "GET /x: 404 [1]")]
    public void Message_has_the_server_s_words(string body, string message) =>
        Assert.Equal(message, KubeException.Of("GET /x", HttpStatusCode.NotFound, body).Message);

    [Fact]
    public void Message_is_not_as_long_as_a_page_of_a_gateway() =>
        Assert.InRange(KubeException.Of("GET /x", HttpStatusCode.BadGateway, new string('x', 100_000)).Message.Length, 2000, 2100);

    private Task Call(string call, JsonObject body, CancellationToken cancellationToken) => call switch
    {
        "apply" => _client.ApplyAsync(Things, Name, body, cancellationToken),
        "applystatus" => _client.ApplyAsync(Things, Name, body, cancellationToken, "status"),
        "create" => _client.CreateAsync(Things, Name.Namespace, body, cancellationToken),
        "replace" => _client.ReplaceAsync(Things, Name, body, cancellationToken),
        "merge" => _client.MergeAsync(Things, Name, body, cancellationToken),
        "status" => _client.ReplaceStatusAsync(Things, Name, "uid-1", body, cancellationToken),
        "delete" => _client.DeleteAsync(Things, Name, cancellationToken),
        _ => _client.FindAsync(Things, Name, cancellationToken),
    };

    private async Task AnswerOneAsync()
    {
        var quick = _client.GetAsync("/quick", Token);
        (await _server.NextAsync()).Answer("{}");
        (await quick).Dispose();
    }
}
