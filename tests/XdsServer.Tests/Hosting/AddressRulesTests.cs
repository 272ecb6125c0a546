using XdsCanary.XdsServer.Hosting;

namespace XdsCanary.XdsServer.Tests.Hosting;

public sealed class AddressRulesTests
{
    [Fact]
    public void Check_takes_the_defaults() => Assert.Empty(Check(new ServerOptions { Manifests = "." }));

    [Theory]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("10.0.0.1")]
    public void Check_takes_addresses_of_both_families(string address) =>
        Assert.Empty(Check(new ServerOptions { XdsAddress = address, AdminAddress = address, ListenerAddress = address }));

    [Fact]
    public void Check_refuses_names_where_addresses_are_meant()
    {
        var faults = Check(new ServerOptions { XdsAddress = "localhost", AdminAddress = "10.0.0.256", ListenerAddress = "" });

        Assert.Equal(
            [
                "--xds-address (XDSCANARY_XDS_ADDRESS, XdsCanary:XdsAddress) must be an IP address, not 'localhost'.",
                "--admin-address (XDSCANARY_ADMIN_ADDRESS, XdsCanary:AdminAddress) must be an IP address, not '10.0.0.256'.",
                "--listener-address (XDSCANARY_LISTENER_ADDRESS, XdsCanary:ListenerAddress) must be an IP address, not ''.",
            ],
            faults);
    }

    [Fact]
    public void Check_refuses_one_port_for_both()
    {
        var fault = Assert.Single(Check(new ServerOptions { XdsPort = 5000, AdminPort = 5000 }));

        Assert.Equal(
            "--xds-port (XDSCANARY_XDS_PORT, XdsCanary:XdsPort) and --admin-port (XDSCANARY_ADMIN_PORT, XdsCanary:AdminPort) "
                + "are both 5000; give them different ports.",
            fault);
    }

    [Fact]
    public void Check_refuses_what_is_no_URL_and_takes_lists_of_them()
    {
        Assert.Empty(Check(new ServerOptions
        {
            MetricsServer = "https://prometheus.internal/base",
            EnvoyAdmin = "http://127.0.0.1:9901, http://[::1]:9902",
        }));
        Assert.Equal(
            [
                "--metrics-server (XDSCANARY_METRICS_SERVER, XdsCanary:MetricsServer) must be a URL such as http://127.0.0.1:9090, "
                    + "not 'prometheus:9090'.",
                "--envoy-admin (XDSCANARY_ENVOY_ADMIN, XdsCanary:EnvoyAdmin) must be a URL such as http://127.0.0.1:9090, not '9902'.",
            ],
            Check(new ServerOptions { MetricsServer = "prometheus:9090", EnvoyAdmin = "http://127.0.0.1:9901,9902" }));
    }

    [Fact]
    public void Check_takes_two_free_ports() => Assert.Empty(Check(new ServerOptions { XdsPort = 0, AdminPort = 0 }));

    [Fact]
    public void Check_refuses_a_maximum_below_the_hold_off()
    {
        var fault = Assert.Single(Check(new ServerOptions { HoldOff = TimeSpan.FromSeconds(1), MaxHoldOff = TimeSpan.Zero }));

        Assert.EndsWith("but 0s is shorter than 1s.", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_refuses_a_directory_that_is_not_there()
    {
        var fault = Assert.Single(Check(new ServerOptions { Manifests = "/no/such/directory" }));

        Assert.Equal(
            "--manifests (XDSCANARY_MANIFESTS, XdsCanary:Manifests) names '/no/such/directory', "
                + "which is not a directory; create it or name another.",
            fault);
    }

    private static List<string> Check(ServerOptions options)
    {
        var faults = new List<string>();
        AddressRules.Check(options, faults);
        return faults;
    }
}
