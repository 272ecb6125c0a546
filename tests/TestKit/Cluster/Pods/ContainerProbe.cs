using System.Net.Sockets;
using System.Text.Json.Nodes;
using XdsCanary.TestKit.Processes;

namespace XdsCanary.TestKit.Cluster.Pods;

/// <summary>One probe of a container: a request over HTTP, a connection, or a command.</summary>
internal sealed class ContainerProbe(PodContext context, JsonObject container, JsonNode probe, ContainerLaunch launch)
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    public TimeSpan InitialDelay => Seconds("initialDelaySeconds", 0);

    public TimeSpan Period => Seconds("periodSeconds", 10);

    public int FailureThreshold => probe.Number("failureThreshold") ?? 3;

    public int SuccessThreshold => probe.Number("successThreshold") ?? 1;

    /// <summary>Asks once, within the probe's time limit.</summary>
    public async Task<bool> AskAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Seconds("timeoutSeconds", 1), context.Node.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            if (probe.At("exec") is { } exec)
            {
                return await CommandAsync([.. exec.Texts("command")], both.Token);
            }

            // A probe by TLS does not look at the certificate; that the port is open is near enough.
            return probe.At("httpGet") is { } get && get.Text("scheme") != "HTTPS"
                ? await HttpAsync(UriOf(get), get, both.Token)
                : await ConnectAsync(both.Token);
        }
        catch (Exception)
        {
            // Refused, reset, too late, no such program: all the same to who asks. One that ends meanwhile refuses, too.
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
    }

    private Uri UriOf(JsonNode get)
    {
        var path = get.Text("path") ?? "/";
        return new Uri(
            $"http://{get.Text("host") ?? context.Address}:{PodContext.PortOf(container, get["port"])}/{path.TrimStart('/')}");
    }

    private static async Task<bool> HttpAsync(Uri uri, JsonNode? get, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, uri);
        request.Headers.ConnectionClose = true;
        request.Headers.TryAddWithoutValidation("User-Agent", "kube-probe/1.34");
        foreach (var header in get.Items("httpHeaders"))
        {
            request.Headers.TryAddWithoutValidation(header.Text("name")!, header.Text("value"));
        }

        using var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return (int)response.StatusCode is >= 200 and < 400;
    }

    private async Task<bool> ConnectAsync(CancellationToken cancellationToken)
    {
        var target = probe.At("tcpSocket") ?? probe.At("httpGet") ?? probe.At("grpc");
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(
            target.Text("host") ?? context.Address, PodContext.PortOf(container, target.At("port")) ?? 0, cancellationToken);
        return true;
    }

    private async Task<bool> CommandAsync(string[] command, CancellationToken cancellationToken)
    {
        // podinfo's manifests ask by the client in its image: `podcli check http localhost:9898/readyz`.
        if (command is [_, "check", "http", var url, ..] && Path.GetFileName(command[0]) == "podcli")
        {
            var address = url.Replace("http://", string.Empty, StringComparison.Ordinal)
                .Replace("localhost", context.Address, StringComparison.Ordinal);
            return await HttpAsync(new Uri($"http://{address}"), null, cancellationToken);
        }

        await using var child = launch.Start(command);
        return await EndAsync(child, cancellationToken) == 0;
    }

    private static async Task<int> EndAsync(ChildProcess child, CancellationToken cancellationToken)
    {
        try
        {
            return await child.ExitedAsync(cancellationToken);
        }
        finally
        {
            child.KillGroup();
        }
    }

    private TimeSpan Seconds(string field, int otherwise) => TimeSpan.FromSeconds(probe.Number(field) ?? otherwise);
}
