using XdsCanary.KubeRuntime.Cluster;

namespace XdsCanary.KubeRuntime.Tests.Cluster;

public sealed class WatchCursorTests
{
    private static readonly WatchCursor Watching = new WatchCursor().Discovered("v1").Listed("10");

    public static TheoryData<string, string, string, string, double> Steps => new()
    {
        // what happened, next step, API version, resource version, longest pause
        { "start", "Discover", "", "", 0 },
        { "start discovered:v1", "List", "v1", "", 0 },
        { "start notserved", "Discover", "", "", 10 },
        { "start gone", "Discover", "", "", 1 },
        { "start discovered:v1 failed", "Discover", "v1", "", 0.25 },
        { "watching", "Watch", "v1", "10", 0 },
        { "watching seen:12", "Watch", "v1", "12", 0 },
        { "watching seen:10", "Watch", "v1", "10", 0 },
        { "watching seen:9", "List", "v1", "", 1 },
        { "watching ended", "Discover", "v1", "10", 0.25 },
        { "watching ended discovered:v1", "Watch", "v1", "10", 0 },
        { "watching ended discovered:v2", "List", "v2", "", 0 },
        { "watching failed discovered:v1", "Watch", "v1", "10", 0 },
        { "watching failed failed failed", "Discover", "v1", "10", 1 },
        { "watching failed failed opened failed", "Discover", "v1", "10", 0.25 },
        { "watching ended ended opened ended", "Discover", "v1", "10", 1 },
        { "watching ended ended away opened ended", "Discover", "v1", "10", 0.25 },
        { "watching ended ended away failed opened ended", "Discover", "v1", "10", 0.25 },
        { "watching ended ended failed opened ended", "Discover", "v1", "10", 1 },
        { "watching ended gone away opened gone", "List", "v1", "", 1 },
        { "watching ended gone away gone gone", "List", "v1", "", 2 },
        { "watching ended gone away returned opened gone", "List", "v1", "", 1 },
        { "watching ended gone away notserved discovered:v1 opened gone", "List", "v1", "", 1 },
        { "watching gone gone away listed:20 gone", "List", "v1", "", 1 },
        { "watching gone gone failed listed:20 gone", "List", "v1", "", 4 },
        { "watching ended ended lasted:29 ended", "Discover", "v1", "10", 1 },
        { "watching ended ended lasted:30 ended", "Discover", "v1", "10", 0.25 },
        { "watching gone", "List", "v1", "", 1 },
        { "watching gone listed:20 gone", "List", "v1", "", 2 },
        { "watching gone gone gone gone gone gone gone gone", "List", "v1", "", 30 },
        { "watching notserved", "Discover", "v1", "10", 10 },
        { "watching notserved discovered:v1", "Watch", "v1", "10", 0 },
        { "watching notserved notserved", "Discover", "", "", 10 },
        { "watching notserved discovered:v1 opened notserved", "Discover", "v1", "10", 10 },
    };

    [Theory]
    [MemberData(nameof(Steps))]
    public void Next_step_follows_from_what_happened(string happened, string next, string apiVersion, string version, double longest)
    {
        var cursor = After(happened);

        Assert.Equal(next, cursor.Next.ToString());
        Assert.Equal(apiVersion, cursor.ApiVersion);
        Assert.Equal(version, cursor.ResourceVersion);
        Assert.Equal(longest, cursor.Pause(1).TotalSeconds);
        Assert.Equal(longest / 2, cursor.Pause(0).TotalSeconds);
    }

    [Theory]
    [InlineData("start notserved", false)]
    [InlineData("watching notserved", true)]
    [InlineData("watching gone notserved", true)]
    [InlineData("watching notserved failed notserved", false)]
    [InlineData("watching notserved discovered:v1 opened notserved", true)]
    public void Kind_is_given_up_when_it_was_missed_twice(string happened, bool isKnown) =>
        Assert.Equal(isKnown, After(happened).IsKnown);

    private static WatchCursor After(string happened) => happened.Split(' ').Aggregate(new WatchCursor(), (cursor, step) => step.Split(':') switch
    {
        ["start"] => cursor,
        ["watching"] => Watching,
        ["discovered", var version] => cursor.Discovered(version),
        ["listed", var version] => cursor.Listed(version),
        ["seen", var version] => cursor.Seen(version),
        ["lasted", var seconds] => cursor.Lasted(TimeSpan.FromSeconds(int.Parse(seconds))),
        ["opened"] => cursor.Opened(),
        ["ended"] => cursor.Ended(),
        ["failed"] => cursor.Failed(isAnswered: true),
        ["away"] => cursor.Failed(isAnswered: false),
        ["gone"] => cursor.Gone(),
        ["returned"] => cursor.Returned(),
        ["notserved"] => cursor.NotServed(),
        _ => throw new ArgumentException(step, nameof(happened)),
    });
}
