using System.Text;
using XdsCanary.TestKit.Traffic;

namespace XdsCanary.TestKit.Manifests;

/// <summary>
/// A folder of manifests for a standalone server. Every write is atomic, by renaming a finished file from a folder beside it:
/// a reader sees the old text or the new, and no other file ever.
/// </summary>
public sealed class ManifestFolder : IDisposable
{
    private readonly TemporaryFolder _root = new();
    private readonly string _staging;

    /// <summary>Makes an empty folder.</summary>
    public ManifestFolder()
    {
        FullPath = Directory.CreateDirectory(Path.Combine(_root.FullPath, "manifests")).FullName;
        _staging = Directory.CreateDirectory(Path.Combine(_root.FullPath, "staging")).FullName;
    }

    /// <summary>The folder to serve.</summary>
    public string FullPath { get; }

    /// <summary>Writes or replaces a file.</summary>
    public void Write(string file, string text)
    {
        var staged = Path.Combine(_staging, Path.GetRandomFileName());
        File.WriteAllText(staged, text);
        File.Move(staged, Path.Combine(FullPath, file), overwrite: true);
    }

    /// <summary>Deletes a file.</summary>
    public void Delete(string file) => File.Delete(Path.Combine(FullPath, file));

    /// <summary>Writes a Service without endpoints, as the root of a TrafficSplit is.</summary>
    public void WriteRoot(string service, string ns = "default") => Write(FileOf(service, ns), Manifest.Service(service, ns));

    /// <summary>Writes a Service and its endpoints, in one file.</summary>
    public void WriteBackend(string service, IEnumerable<UpstreamServer> upstreams, string ns = "default")
    {
        var text = new StringBuilder(Manifest.Service(service, ns));
        foreach (var upstream in upstreams)
        {
            text.Append("---\n").Append(Manifest.EndpointSlice(service, ns, upstream.Port));
        }

        Write(FileOf(service, ns), text.ToString());
    }

    /// <summary>Writes a Service with one endpoint, in one file.</summary>
    public void WriteBackend(string service, UpstreamServer upstream, string ns = "default") =>
        WriteBackend(service, [upstream], ns);

    /// <summary>
    /// Deletes what <see cref="WriteRoot"/> or <see cref="WriteBackend(string, UpstreamServer, string)"/> wrote.
    /// </summary>
    public void DeleteService(string service, string ns = "default") => Delete(FileOf(service, ns));

    /// <summary>Writes a TrafficSplit of a service, named like it.</summary>
    public void WriteSplit(string service, params (string Backend, int Weight)[] backends) =>
        Write(SplitFileOf(service, "default"), Manifest.TrafficSplit(service, "default", service, backends));

    /// <summary>Deletes what <see cref="WriteSplit"/> wrote.</summary>
    public void DeleteSplit(string service) => Delete(SplitFileOf(service, "default"));

    /// <inheritdoc/>
    public void Dispose() => _root.Dispose();

    private static string FileOf(string service, string ns) => $"{ns}.{service}.service.yaml";

    private static string SplitFileOf(string service, string ns) => $"{ns}.{service}.split.yaml";
}
