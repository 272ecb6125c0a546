using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using XdsCanary.DemoProxy.Serving;

namespace XdsCanary.DemoProxy.Tests.Serving;

public sealed class HttpPortTests
{
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_port_speaks_both_versions_without_tls(string version)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var port = await HttpPort.StartAsync(
            new IPEndPoint(IPAddress.Loopback, 0), context => context.Response.WriteAsync(context.Request.Protocol),
            NullLoggerFactory.Instance, TimeProvider.System, cancellation);
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{port.Address}/")
        {
            Version = Version.Parse(version),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        using var response = await client.SendAsync(request, cancellation);

        Assert.Equal(Version.Parse(version), response.Version);
        Assert.Equal(HttpProtocol.GetHttpProtocol(Version.Parse(version)), await response.Content.ReadAsStringAsync(cancellation));
    }
}
