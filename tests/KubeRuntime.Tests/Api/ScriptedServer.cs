using System.IO.Pipelines;
using System.Net;
using System.Text;
using System.Threading.Channels;
using XdsCanary.KubeRuntime.Api;

namespace XdsCanary.KubeRuntime.Tests.Api;

/// <summary>
/// An API server that a test plays: calls wait until the test answers them. An answer is taken in before <c>Answer</c> returns, so
/// that a test knows without sleeping that what follows from it has happened.
/// </summary>
internal sealed class ScriptedServer : HttpMessageHandler
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly Channel<ServerCall> _calls = Channel.CreateUnbounded<ServerCall>();

    public KubeClient Client(TimeProvider time, string root = "http://api.test") =>
        new(new HttpClient(this, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan }, new Uri(root), (_, _) => Task.CompletedTask, time);

    public bool TryNext(out ServerCall? call) => _calls.Reader.TryRead(out call);

    public async Task<ServerCall> NextAsync()
    {
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        return await _calls.Reader.ReadAsync(limit.Token);
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? string.Empty : await request.Content.ReadAsStringAsync(cancellationToken);
        var call = new ServerCall(request, body);
        _calls.Writer.TryWrite(call);
        return await call.AnsweredAsync(cancellationToken);
    }
}

/// <summary>A call that waits for its answer.</summary>
internal sealed class ServerCall(HttpRequestMessage request, string body)
{
    // Not asynchronous on purpose: see ScriptedServer.
    private readonly TaskCompletionSource<HttpResponseMessage> _answer = new();

    public string Method { get; } = request.Method.Method;

    public Uri Address { get; } = request.RequestUri!;

    public string Path => Address.AbsolutePath;

    public string Query => Uri.UnescapeDataString(Address.Query);

    public string? ContentType { get; } = request.Content?.Headers.ContentType?.ToString();

    public string Body { get; } = body;

    public bool IsWatch => Query.Contains("watch=true", StringComparison.Ordinal);

    public bool IsGivenUp { get; private set; }

    public void Answer(string json, HttpStatusCode status = HttpStatusCode.OK) =>
        _answer.TrySetResult(new HttpResponseMessage(status) { Content = new StringContent(json, Encoding.UTF8, "application/json") });

    public void Refuse(HttpStatusCode status, string message) => Answer(
        $$$"""{"kind":"Status","apiVersion":"v1","status":"Failure","message":"{{{message}}}","code":{{{(int)status}}}}""", status);

    public void Break(Exception? exception = null) => _answer.TrySetException(exception ?? new HttpRequestException("connection refused"));

    public WatchFeed Open()
    {
        var feed = new WatchFeed();
        _answer.TrySetResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(feed.Stream) });
        return feed;
    }

    public async Task<HttpResponseMessage> AnsweredAsync(CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.Register(() =>
        {
            IsGivenUp = true;
            _answer.TrySetCanceled(cancellationToken);
        });
        return await _answer.Task;
    }
}

/// <summary>The lines of a watch.</summary>
internal sealed class WatchFeed
{
    private readonly Pipe _pipe = new(new PipeOptions(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, useSynchronizationContext: false));

    public Stream Stream => _pipe.Reader.AsStream();

    public void Write(string type, string item) => WriteText($$$"""{"type":"{{{type}}}","object":{{{item}}}}""" + "\n");

    public void Bookmark(int version) =>
        Write("BOOKMARK", $$$"""{"kind":"Thing","apiVersion":"example.io/v1","metadata":{"resourceVersion":"{{{version}}}"}}""");

    public void Error(int code, string message) =>
        Write("ERROR", $$$"""{"kind":"Status","apiVersion":"v1","status":"Failure","message":"{{{message}}}","code":{{{code}}}}""");

    public void WriteText(string text)
    {
        using var stream = _pipe.Writer.AsStream(leaveOpen: true);
        stream.Write(Encoding.UTF8.GetBytes(text));
    }

    public void End() => _pipe.Writer.Complete();

    public void Cut() => _pipe.Writer.Complete(new IOException("the response ended prematurely"));
}
