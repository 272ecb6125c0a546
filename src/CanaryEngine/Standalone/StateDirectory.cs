using System.Text.Json;
using Microsoft.Extensions.Logging;
using XdsCanary.CanaryEngine.Observability;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Standalone;

/// <summary>
/// The state of each canary in a file of its own, <c>NAMESPACE/NAME.json</c>. A file is replaced as a whole: it is written
/// beside, flushed to the disk and renamed, so that a process that dies at any instant leaves the old or the new one.
/// Thread-safe for different canaries.
/// </summary>
/// <param name="root">The directory; made when it is not there.</param>
/// <param name="logger">Hears of files that cannot be read.</param>
internal sealed class StateDirectory(string root, ILogger<StateDirectory> logger)
{
    private const string Unfinished = ".tmp";

    /// <summary>Reads all states. A file that cannot be read is put aside, never overwritten.</summary>
    public IReadOnlyList<CanaryState> ReadAll()
    {
        var states = new List<CanaryState>();
        if (!Directory.Exists(root))
        {
            return states;
        }

        foreach (var unfinished in Directory.EnumerateFiles(root, $"*{Unfinished}", SearchOption.AllDirectories).ToList())
        {
            File.Delete(unfinished);
        }

        foreach (var file in Directory.EnumerateFiles(root, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            try
            {
                states.Add(JsonSerializer.Deserialize(File.ReadAllBytes(file), CanaryStateJson.Default.CanaryState)
                    ?? throw new JsonException("The file holds nothing."));
            }
            catch (JsonException exception)
            {
                logger.StateUnreadable(file, exception.Message);
                File.Move(file, $"{file}.unreadable", overwrite: true);
            }
        }

        return states;
    }

    /// <summary>Writes a state; on return it outlives the process.</summary>
    /// <param name="state">The state.</param>
    public void Write(CanaryState state)
    {
        var file = PathOf(state.Key);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var unfinished = $"{file}{Unfinished}";
        using (var stream = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1))
        {
            stream.Write(JsonSerializer.SerializeToUtf8Bytes(state, CanaryStateJson.Default.CanaryState));
            stream.Flush(flushToDisk: true);
        }

        File.Move(unfinished, file, overwrite: true);
    }

    private string PathOf(NamespacedName key) => Path.Combine(root, key.Namespace, $"{key.Name}.json");
}
