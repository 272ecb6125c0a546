using System.Runtime.InteropServices;

namespace XdsCanary.KubeRuntime.Tests.Standalone;

/// <summary>A directory that is deleted with the test.</summary>
internal sealed partial class TempDirectory : IDisposable
{
    /// <summary>Where it is.</summary>
    public string Root { get; } = Directory.CreateTempSubdirectory("manifests-").FullName;

    /// <summary>The full path of an entry.</summary>
    public string this[string path] => Path.Join(Root, path);

    /// <summary>Writes a file in place, with the directories above it.</summary>
    public void Write(string path, params string[] documents)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[path])!);
        File.WriteAllText(this[path], Manifests.Text(documents));
    }

    /// <summary>Makes a symbolic link.</summary>
    public void Link(string path, string target) => File.CreateSymbolicLink(this[path], target);

    /// <summary>Renames an entry of any kind over another, in one step.</summary>
    public void Rename(string from, string to) => Assert.Equal(0, RenameEntry(this[from], this[to]));

    public void Dispose()
    {
        if (Directory.Exists(Root))
        {
            Directory.Delete(Root, recursive: true);
        }
    }

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameEntry(string from, string to);
}
