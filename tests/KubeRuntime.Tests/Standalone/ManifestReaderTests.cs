using XdsCanary.KubeRuntime.Documents;
using XdsCanary.KubeRuntime.Standalone;
using static XdsCanary.KubeRuntime.Tests.Standalone.Manifests;

namespace XdsCanary.KubeRuntime.Tests.Standalone;

public sealed class ManifestReaderTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void ReadFiles_takes_files_and_directories_and_gives_all_problems()
    {
        _directory.Write("dir/sub/a.yaml", Thing("a"), Broken, Thing("b"));
        _directory.Write("dir/b.json", "{\"apiVersion\": \"v1\"}");
        _directory.Write("any.extension", Thing("c"), Thing("a", "2"));

        var reading = ManifestReader.ReadFiles([_directory["dir"], _directory["any.extension"], _directory["absent.yaml"]], "shop");

        Assert.Equal("a=2 b=1 c=1", Show(reading.Set));
        Assert.All(reading.Set.Objects.Keys, key => Assert.Equal("shop", key.Name.Namespace));
        Assert.Equal([_directory["any.extension"], _directory["dir/b.json"], _directory["dir/sub/a.yaml"]], reading.Files);
        Assert.Equal(
            [
                _directory["absent.yaml"],
                _directory["dir/b.json"] + ":1",
                _directory["dir/b.json"] + ":1",
                _directory["dir/sub/a.yaml"] + ":1",
                _directory["dir/sub/a.yaml"] + ":6",
            ],
            reading.Set.Problems.Select(problem => problem.Origin.ToString()));
    }

    [Fact]
    public void ReadFiles_of_an_empty_directory_finds_no_files()
    {
        var reading = ManifestReader.ReadFiles([_directory.Root]);

        Assert.Empty(reading.Files);
        Assert.Empty(reading.Set.Problems);
    }

    [Fact]
    public void ReadFiles_of_a_huge_file_reports_its_size()
    {
        using (var file = File.Create(_directory["a.yaml"]))
        {
            file.SetLength(DocumentLimits.MaxBytes + 1);
        }

        Assert.Contains(
            "the limit is", Assert.Single(ManifestReader.ReadFiles([_directory.Root]).Set.Problems).Message, StringComparison.Ordinal);
    }
}
