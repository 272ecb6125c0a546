namespace XdsCanary.KubeRuntime.Standalone;

/// <summary>Which directory holds the manifests and how it is watched.</summary>
public sealed class ManifestDirectoryOptions
{
    /// <summary>The directory, read with all directories below it. Files end in .yaml, .yml or .json.</summary>
    public required string Directory { get; init; }

    /// <summary>The namespace of objects whose manifest names none. Default <c>default</c>.</summary>
    public string DefaultNamespace { get; init; } = "default";

    /// <summary>
    /// How often the directory is looked at where changes are not announced: with <see cref="UsePolling"/>, on systems without
    /// inotify, and while the directory is missing. A file that changed is read when it stayed the same for as long. Default 1 s.
    /// </summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How often everything is compared with the directory although no change was announced, in case one was lost. A file that
    /// differs is read when it stayed the same for as long. Default 30 s.
    /// </summary>
    public TimeSpan RescanInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// True to look at intervals even where inotify works: for network and other shared file systems, whose changes made
    /// elsewhere are not announced here. Default false.
    /// </summary>
    public bool UsePolling { get; init; }
}
