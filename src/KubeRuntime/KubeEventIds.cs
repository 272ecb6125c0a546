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

    public const int ClusterSynced = 3100;
    public const int WatchTroubled = 3101;
    public const int WatchResumed = 3102;
    public const int WatchBroken = 3103;
    public const int ObjectUnreadable = 3104;

    public const int LeadershipGained = 3200;
    public const int LeadershipLost = 3201;
    public const int LeadershipUncertain = 3202;
    public const int LeaderSeen = 3203;
    public const int LeaseTroubled = 3204;
}
