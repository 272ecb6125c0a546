using System.Net;
using Grpc.Core;
using Grpc.Health.V1;
using XdsCanary.TestKit.Model;

namespace XdsCanary.XdsServer.FunctionalTests.Admin;

/// <summary>Each port answers what it is for, and nothing else.</summary>
public sealed class PortSeparationTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    [InlineData("/metrics")]
    [InlineData("/debug/streams")]
    [InlineData("/debug/streams/1")]
    [InlineData("/debug/snapshots")]
    [InlineData("/debug/snapshots/default")]
    [InlineData("/debug/objects")]
    [InlineData("/debug/convergence?service=default/web")]
    public async Task Admin_endpoint_is_not_on_the_xds_port(string path)
    {
        using var client = new HttpClient
        {
            BaseAddress = _server.XdsAddress,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        using var response = await client.GetAsync(path, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Theory]
    [InlineData("/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources")]
    [InlineData("/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources")]
    [InlineData("/grpc.health.v1.Health/Check")]
    public async Task Xds_method_is_not_on_the_admin_port(string path)
    {
        using var content = new ByteArrayContent([]);
        content.Headers.ContentType = new("application/grpc");

        using var response = await _server.Admin.PostAsync(path, content, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Health_is_serving_on_the_xds_port()
    {
        using var channel = ModelChannel.Connect(_server.XdsAddress.Port);
        var health = new Health.HealthClient(channel);

        var answer = await health.CheckAsync(new HealthCheckRequest(), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, answer.Status);
    }

    [Fact]
    public async Task Health_of_an_unknown_service_is_not_found()
    {
        using var channel = ModelChannel.Connect(_server.XdsAddress.Port);
        var health = new Health.HealthClient(channel);
        var request = new HealthCheckRequest { Service = "nobody" };

        var fault = await Assert.ThrowsAsync<RpcException>(
            async () => await health.CheckAsync(request, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(StatusCode.NotFound, fault.StatusCode);
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();
}
