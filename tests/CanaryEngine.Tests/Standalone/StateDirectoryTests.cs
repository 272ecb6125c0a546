using Microsoft.Extensions.Logging.Abstractions;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Standalone;
using XdsCanary.CanaryEngine.Tests.Reconcile;
using XdsCanary.TestKit;

namespace XdsCanary.CanaryEngine.Tests.Standalone;

public sealed class StateDirectoryTests : IDisposable
{
    private static readonly DateTimeOffset Then = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();

    private string File => Path.Combine(_folder.FullPath, "test", "web.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void State_is_read_as_it_was_written()
    {
        var state = State() with
        {
            Status = new CanaryStatus { Phase = CanaryPhase.Failed, FailedChecks = 2, NextCheck = Then },
            Traffic = new TrafficPlan(90, 10) { MirrorPercent = 5 },
            Primary = EngineSamples.Snapshot(EngineSamples.Service("1")),
            Events = [new CanaryEvent(Then, Then, 1, true, "Halt", CanaryPhase.Progressing)],
        };
        Open().Write(state);

        Assert.Equal([state], Open().ReadAll());
        Assert.Equal([File], Directory.GetFiles(_folder.FullPath, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void H_24_a_file_that_was_being_written_when_the_process_died_is_dropped()
    {
        Open().Write(State());
        System.IO.File.WriteAllText($"{File}.tmp", """{"version":1,"key""");

        Assert.Equal([State()], Open().ReadAll());
        Assert.False(System.IO.File.Exists($"{File}.tmp"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"version\":1")]
    public void File_that_cannot_be_read_is_put_aside_and_harms_no_other(string content)
    {
        Open().Write(State());
        var other = Path.Combine(_folder.FullPath, "test", "other.json");
        System.IO.File.WriteAllText(other, content);

        Assert.Equal([State()], Open().ReadAll());
        Assert.Equal(content, System.IO.File.ReadAllText($"{other}.unreadable"));
    }

    [Fact]
    public void There_are_no_states_where_there_is_no_directory() =>
        Assert.Empty(new StateDirectory(Path.Combine(_folder.FullPath, "none"), NullLogger<StateDirectory>.Instance).ReadAll());

    private static CanaryState State() => new() { Key = EngineSamples.Web, Apex = "front", Target = "web" };

    private StateDirectory Open() => new(_folder.FullPath, NullLogger<StateDirectory>.Instance);
}
