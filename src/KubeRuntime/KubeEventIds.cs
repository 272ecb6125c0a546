namespace XdsCanary.KubeRuntime;

/// <summary>Event ids of this project's log messages: 3000 to 3999. A number is never used again for something else.</summary>
internal static class KubeEventIds
{
    public const int DirectoryRead = 3000;
    public const int ManifestsChanged = 3001;
    public const int ManifestProblem = 3002;
    public const int ManifestProblemsSolved = 3003;
    public const int FallingBackToPolling = 3004;
    public const int ChangesLost = 3005;
    public const int LookFailed = 3006;
}
