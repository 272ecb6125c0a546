namespace XdsCanary.TestKit;

/// <summary>Where things are in the working copy that the tests were built from.</summary>
public static class RepositoryPaths
{
    /// <summary>The folder of <c>XdsCanary.sln</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Makes an absolute path from the parts below the root.</summary>
    public static string Combine(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    /// <summary>A file or folder of what released Flagger was recorded to do; it is beside the working copy, where there is one.</summary>
    public static string FlaggerRecord(params ReadOnlySpan<string> parts) =>
        Path.GetFullPath(Combine(["..", "shared", "fixtures", "flagger-1.44.0", .. parts]));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "XdsCanary.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No XdsCanary.sln above {AppContext.BaseDirectory}.");
    }
}
