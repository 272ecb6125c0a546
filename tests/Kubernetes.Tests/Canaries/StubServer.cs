using System.Net;
using System.Text;

namespace XdsCanary.Kubernetes.Tests.Canaries;

/// <summary>Answers every request of HTTP on a port of the loopback address with the same text.</summary>
internal sealed class StubServer : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly byte[] _answer;
    private readonly Task _loop;

    /// <summary>Begins to answer.</summary>
    public StubServer(int port, string answer = "")
    {
        _answer = Encoding.UTF8.GetBytes(answer);
        _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        _listener.Start();
        _loop = Task.Run(AnswerAsync);
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
