using XdsCanary.TestKit;
using XdsCanary.TestKit.Server;

namespace XdsCanary.XdsServer.FunctionalTests.CommandLine;

public sealed class BootstrapCommandTests
{
    [Theory]
    [InlineData("gateway-delta", "--node gateway --namespace default --namespaces *")]
    [InlineData("gateway-sotw", "--node gateway --namespace default --namespaces * --sotw")]
    [InlineData("sidecar-delta", "--node sidecar --cluster sidecar --namespace default --xds-host xds-canary --max-connections 10000")]
    [InlineData("sidecar-sotw", "--node sidecar --cluster sidecar --namespace default --xds-host xds-canary --max-connections 10000 --sotw")]
    public async Task Bootstrap_prints_the_committed_file_for_its_documented_input(string file, string arguments)
    {
        var expected = await File.ReadAllTextAsync(
            RepositoryPaths.Combine("envoy-config", $"{file}.yaml"), TestContext.Current.CancellationToken);

        var (exitCode, output) = await ServerProcess.RunAsync(["bootstrap", .. arguments.Split(' ')]);

        Assert.Equal(0, exitCode);
        Assert.Equal(expected.TrimEnd('\n'), output);
    }
}
