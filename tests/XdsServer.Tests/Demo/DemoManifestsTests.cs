using XdsCanary.XdsServer.Demo;

namespace XdsCanary.XdsServer.Tests.Demo;

public sealed class DemoManifestsTests
{
    [Fact]
    public void Create_writes_services_slices_and_the_split()
    {
        using var manifests = DemoManifests.Create(1001, 1002, 100, 0);

        Assert.Equal(
            ["service-shop-v1.yaml", "service-shop-v2.yaml", "service-shop.yaml", "trafficsplit-shop.yaml"],
            Directory.GetFiles(manifests.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var v1 = File.ReadAllText(Path.Combine(manifests.Folder, "service-shop-v1.yaml"));
        Assert.Contains("kubernetes.io/service-name: shop-v1", v1, StringComparison.Ordinal);
        Assert.Contains("port: 1001", v1, StringComparison.Ordinal);
    }

    [Fact]
    public void SetWeights_replaces_the_split_and_leaves_nothing_behind()
    {
        using var manifests = DemoManifests.Create(1001, 1002, 100, 0);

        manifests.SetWeights(75, 25);

        var split = File.ReadAllText(Path.Combine(manifests.Folder, "trafficsplit-shop.yaml"));
        Assert.Contains("- service: shop-v1\n      weight: 75\n    - service: shop-v2\n      weight: 25\n", split, StringComparison.Ordinal);
        Assert.Equal(4, Directory.GetFileSystemEntries(manifests.Folder).Length);
    }

    [Fact]
    public void Dispose_removes_the_directory()
    {
        var manifests = DemoManifests.Create(1001, 1002, 100, 0);

        manifests.Dispose();

        Assert.False(Directory.Exists(manifests.Folder));
    }
}
