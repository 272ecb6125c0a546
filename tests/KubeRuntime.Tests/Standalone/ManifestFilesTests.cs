using System.Text;
using XdsCanary.KubeRuntime.Standalone;

namespace XdsCanary.KubeRuntime.Tests.Standalone;

public sealed class ManifestFilesTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Read_gives_whole_content()
    {
        _directory.Write("a.yaml", "text");

        var content = Assert.IsType<FileReading.Content>(ManifestFiles.Read(_directory["a.yaml"], Stamp()));

        Assert.Equal("text", Encoding.UTF8.GetString(content.Bytes.Span));
    }

    [Fact]
    public void Read_of_a_file_that_is_open_for_writing_is_refused_and_the_writer_goes_on_after_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux knows who has a file open.");
        _directory.Write("a.yaml", "text");
        var content = (FileReading.Content)ManifestFiles.Read(_directory["a.yaml"], Stamp());
        Assert.SkipUnless(content.IsGuarded, "The file system has no leases.");

        using (new FileStream(_directory["a.yaml"], FileMode.Open, FileAccess.Write))
        {
            Assert.IsType<FileReading.Changing>(ManifestFiles.Read(_directory["a.yaml"], Stamp()));
        }

        Assert.IsType<FileReading.Content>(ManifestFiles.Read(_directory["a.yaml"], Stamp()));
    }

    [Fact]
    public void Read_of_a_file_that_differs_from_its_stamp_is_not_used()
    {
        _directory.Write("a.yaml", "text");
        var stamp = Stamp();
        _directory.Write("a.yaml", "longer text");

        Assert.IsType<FileReading.Changing>(ManifestFiles.Read(_directory["a.yaml"], stamp));
    }

    [Fact]
    public void Read_of_a_file_that_vanished_is_no_fault()
    {
        _directory.Write("a.yaml", "text");
        var stamp = Stamp();
        File.Delete(_directory["a.yaml"]);

        Assert.IsType<FileReading.Vanished>(ManifestFiles.Read(_directory["a.yaml"], stamp));
    }

    private FileStamp Stamp() => DirectoryWalker.Look(_directory.Root, ["a.yaml"])!.Files["a.yaml"];
}
