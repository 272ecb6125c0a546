namespace XdsCanary.TestKit;

/// <summary>Where things are in the working copy that the tests were built from.</summary>
public static class RepositoryPaths
{
    /// <summary>The folder of <c>XdsCanary.sln</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Makes an absolute path from the parts below the root.</summary>
    public static string Combine(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

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
