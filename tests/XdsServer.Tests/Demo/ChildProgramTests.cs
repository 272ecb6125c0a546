using XdsCanary.TestKit;
using XdsCanary.XdsServer.Demo;

namespace XdsCanary.XdsServer.Tests.Demo;

public sealed class ChildProgramTests
{
    // Says what it was told by the time it is asked to end. The lower signal is handled first.
    private const string Script = """
        told=nothing
        trap 'told=orphaned' USR1
        trap 'echo $told > "$1"; exit' TERM
        : > "$2"
        while :; do sleep 0.02; done
        """;

    [Fact]
    public async Task Program_that_ends_with_the_thread_that_started_it_outlives_the_caller_s_thread()
    {
        using var folder = new TemporaryFolder();
        var (told, ready) = (Path.Combine(folder.FullPath, "told"), Path.Combine(folder.FullPath, "ready"));
        string[] arguments = ["--pdeathsig", "USR1", "bash", "-c", Script, "bash", told, ready];
        var setpriv = Tool.Find("setpriv");
        ChildProgram? program = null;
        var task = string.Empty;
        var caller = new Thread(() =>
        {
            program = ChildProgram.Start(setpriv, "child-program-", _ => arguments, TimeProvider.System);
            SpinWait.SpinUntil(() => File.Exists(ready));
            task = Path.Combine("/proc", new FileInfo("/proc/thread-self").LinkTarget!);
        });
        caller.Start();
        caller.Join();
        await using var running = program!;
        // The kernel tells the children of a thread before the thread is gone from here.
        await Eventually.BecomesAsync(() => !Directory.Exists(task));

        Assert.Null(await running.EndAsync());
        await running.DisposeAsync();

        Assert.Equal("nothing", (await File.ReadAllTextAsync(told, TestContext.Current.CancellationToken)).Trim());
    }
}
