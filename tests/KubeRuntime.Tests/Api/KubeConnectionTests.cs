using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using XdsCanary.KubeRuntime.Api;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.KubeRuntime.Tests.Standalone;

namespace XdsCanary.KubeRuntime.Tests.Api;

/// <summary>Connections by kubeconfig files. Nothing is sent but to a port of the loopback interface.</summary>
public sealed class KubeConnectionTests : IDisposable
{
    private readonly TempDirectory _temp = new();
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task Token_of_the_current_context_is_sent()
    {
        using var listener = new HttpListener();
        var port = Listen(listener);
        using var connection = KubeConnection.Open(
            Write("config", $"http://127.0.0.1:{port}", "token: secret-token", space: "shop"), string.Empty, _time);
        Assert.Equal("shop", connection.Namespace);

        var call = connection.Client.FindAsync(
            new ApiResource(string.Empty, "v1", "services", "Service"), new NamespacedName("shop", "a"), TestContext.Current.CancellationToken);
        var context = await listener.GetContextAsync().WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        context.Response.StatusCode = 404;
        context.Response.Close();

        Assert.Null(await call);
        Assert.Equal("Bearer secret-token", context.Request.Headers["Authorization"]);
        Assert.Equal("/api/v1/namespaces/shop/services/a", context.Request.RawUrl);
    }

    [Fact]
    public void Client_certificate_in_the_file_is_taken_and_a_broken_one_is_a_clear_fault()
    {
        using var key = ECDsa.Create();
        using var certificate = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(_time.GetUtcNow().AddDays(-1), _time.GetUtcNow().AddDays(1));
        var data = Base64(certificate.ExportCertificatePem());
        var user = $"client-certificate-data: {data}\n    client-key-data: {Base64(key.ExportPkcs8PrivateKeyPem())}";
        using var connection = KubeConnection.Open(Write("config", "https://127.0.0.1:1", user), string.Empty, _time);
        Assert.Equal(new Uri("https://127.0.0.1:1"), connection.Address);
        Assert.Equal(string.Empty, connection.Namespace);

        var broken = user.Replace(data, Base64("no certificate"), StringComparison.Ordinal);
        Fails(Write("config", "https://127.0.0.1:1", broken));
        Fails(Write("config", "https://127.0.0.1:1", "client-certificate-data: '%%%'\n    client-key-data: '%%%'"));
    }

    [Theory]
    [InlineData(null, "cannot be used")]
    [InlineData("", "a part of it is missing or empty")]
    [InlineData("a: [", "cannot be used")]
    [InlineData("- a", "cannot be used")]
    [InlineData("apiVersion: v1\nkind: Config\n", "it has no current-context")]
    [InlineData("apiVersion: v1\nkind: Config\ncurrent-context: x\n", "it has no context 'x'")]
    [InlineData("apiVersion: v1\nkind: Config\ncurrent-context: x\ncontexts: [{name: x}]\n", "")]
    [InlineData("apiVersion: v1\nkind: Config\ncurrent-context: x\ncontexts: [{name: x, context: {cluster: c, user: u}}]\n", "")]
    public void File_that_cannot_be_used_is_a_fault_that_names_it_and_says_why(string? text, string why)
    {
        if (text is not null)
        {
            File.WriteAllText(_temp["config"], text);
        }

        Assert.Contains(why, Fails(_temp["config"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Context_that_is_asked_for_is_taken_and_one_that_is_not_there_is_a_fault()
    {
        var file = Write("config", "http://127.0.0.1:1", "token: x");
        using var connection = KubeConnection.Open(file, "test", _time);
        Assert.Equal(new Uri("http://127.0.0.1:1"), connection.Address);

        var exception = Assert.Throws<KubeException>(() => KubeConnection.Open(file, "other", _time));
        Assert.Contains("it has no context 'other'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_several_files_missing_ones_are_left_out_and_the_first_with_a_context_counts()
    {
        var first = Write("first", "http://127.0.0.1:1", "token: x", name: "one");
        var second = Write("second", "http://127.0.0.1:2", "token: x", name: "two");
        var files = string.Join(Path.PathSeparator, _temp["missing"], first, second);

        using var current = KubeConnection.Open(files, isOne: false, string.Empty, _time);
        Assert.Equal(1, current.Address.Port);
        using var chosen = KubeConnection.Open(files, isOne: false, "two", _time);
        Assert.Equal(2, chosen.Address.Port);
    }

    private string Fails(string file)
    {
        var exception = Assert.Throws<KubeException>(() => KubeConnection.Open(file, string.Empty, _time));
        Assert.Equal(KubeFault.Invalid, exception.Fault);
        Assert.StartsWith($"the kubeconfig {file} cannot be used: ", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Object reference", exception.Message, StringComparison.Ordinal);
        return exception.Message;
    }

    private string Write(string file, string server, string user, string space = "", string name = "test")
    {
        File.WriteAllText(
            _temp[file],
            $$"""
            apiVersion: v1
            kind: Config
            current-context: {{name}}
            clusters:
            - name: cluster
              cluster: {server: '{{server}}'}
            contexts:
            - name: {{name}}
              context: {cluster: cluster, user: user{{(space.Length > 0 ? $", namespace: {space}" : string.Empty)}}}
            users:
            - name: user
              user:
                {{user}}
            """);
        return _temp[file];
    }

    private static int Listen(HttpListener listener)
    {
        using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        return port;
    }

    private static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(text));
}
