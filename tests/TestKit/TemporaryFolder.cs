namespace XdsCanary.TestKit;

/// <summary>A folder of the test's own, deleted with all it holds.</summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>Its absolute path.</summary>
    public string FullPath { get; } = Directory.CreateTempSubdirectory("xdscanary-test-").FullName;

    /// <summary>Writes a file.</summary>
    /// <returns>Its absolute path.</returns>
    public string Write(string name, string text)
    {
        var path = Path.Combine(FullPath, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(FullPath, recursive: true);
}
