using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Admin;
using XdsCanary.XdsServer.Peers;

namespace XdsCanary.XdsServer.Tests.Peers;

/// <summary>What one replica asks and another one answers, over HTTP.</summary>
public sealed class PeerReportTests : IAsyncLifetime
{
    private const string Proxy = "http://10.1.0.1:9901/";

    private readonly FakePeers _peers = new();
    private readonly HttpClient _http = new();
    private readonly WebApplication _replica;

    public PeerReportTests()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.Configure<KestrelServerOptions>(options => options.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        _replica = builder.Build();
        _replica.MapReports(_peers.Tracker, _peers.Local, "replica", AdminToken.Obtain("token", string.Empty));
    }

    public async ValueTask InitializeAsync() => await _replica.StartAsync(TestContext.Current.CancellationToken);

    [Theory]
    [InlineData("", "")]
    [InlineData("shop", "front")]
    public async Task Report_names_the_proxies_whatever_service_it_is_about_and_none(string ns, string name)
    {
        _peers.Local.Add(new Uri(Proxy));

        var report = await AskAsync("token", new NamespacedName(ns, name));

        Assert.Equal(("replica", Proxy), (report.Replica, Assert.Single(report.FindProxies()).Address.AbsoluteUri));

        // All that a replica of the build before this one reads.
        Assert.Equal(Proxy, Assert.Single(report.StatsEndpoints).AbsoluteUri);
    }

    [Fact]
    public async Task Whoever_does_not_show_the_token_gets_no_report()
    {
        var refusal = await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync("another", new NamespacedName("shop", "front")));

        Assert.Equal(HttpStatusCode.Unauthorized, refusal.StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        await _replica.DisposeAsync();
        _http.Dispose();
        _peers.Dispose();
    }

    private Task<PeerReport> AskAsync(string token, NamespacedName service) =>
        PeerCalls.ReportAsync(_http, new Uri(_replica.Urls.Single()), token, service, TestContext.Current.CancellationToken);
}
