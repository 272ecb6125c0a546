using XdsCanary.EndToEnd.Tests.Kit;
using XdsCanary.TestKit;

namespace XdsCanary.EndToEnd.Tests.Golden;

/// <summary>A real Envoy takes what the golden files say we send, so that a recorded mistake is not one for ever.</summary>
public sealed class GoldenFileTests
{
    private static readonly string Root = RepositoryPaths.Combine("tests", "XdsServer.Tests", "Golden");

    public static TheoryData<string> Cases => [.. Directory.GetDirectories(Root).Select(path => Path.GetFileName(path)).Order()];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Envoy_accepts_the_resources(string name)
    {
        using var folder = new TemporaryFolder();

        await EnvoyCheck.AssertAcceptedAsync(
            folder.Write("bootstrap.json", StaticBootstrap.Make(Path.Combine(Root, name)).ToJsonString()));
    }
}
