using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace XdsCanary.Kubernetes.Tests.Canaries;

/// <summary>Answers every request of HTTP on a port of the loopback address with the same text, and keeps what it was sent.</summary>
internal sealed class StubServer : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<string> _bodies = new();
    private readonly byte[] _answer;
    private readonly Task _loop;
    private volatile bool _isClosed;

    /// <summary>Begins to answer.</summary>
    public StubServer(int port, string answer = "")
    {
        _answer = Encoding.UTF8.GetBytes(answer);
        Address = $"http://127.0.0.1:{port}/";
        _listener.Prefixes.Add(Address);
        _listener.Start();
        _loop = Task.Run(AnswerAsync);
    }

    /// <summary>Where it is.</summary>
    public string Address { get; }

    /// <summary>The bodies of the requests so far, in order.</summary>
    public IReadOnlyList<string> Bodies => [.. _bodies];

    /// <summary>True to answer with 403 from now on, as a closed gate does.</summary>
    public bool IsClosed
    {
        get => _isClosed;
        set => _isClosed = value;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _loop;
    }

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                using var reader = new StreamReader(context.Request.InputStream);
                _bodies.Enqueue(await reader.ReadToEndAsync());
                context.Response.StatusCode = _isClosed ? 403 : 200;
                await context.Response.OutputStream.WriteAsync(_answer);
                context.Response.Close();
            }
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
        {
            // Closed.
        }
    }
}
