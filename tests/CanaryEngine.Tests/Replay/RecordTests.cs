using System.Text.Json;
using XdsCanary.TestKit;

namespace XdsCanary.CanaryEngine.Tests.Replay;

/// <summary>The runs that are replayed are those of the record, nothing left out or made up.</summary>
public sealed class RecordTests
{
    private static readonly string Folder = RepositoryPaths.FlaggerRecord();

    [Fact]
    public void Replayed_runs_say_what_the_record_says()
    {
        Assert.SkipUnless(Directory.Exists(Folder), "The record of Flagger's runs is not here.");
        var statuses = Lines("canary-status").Select(line => line.GetProperty("object")).ToList();
        var hooks = Lines("webhooks").Select(line => (Path: Text(line, "path").Trim('/'), Body: line.GetProperty("body"))).ToList();
        var alerts = Lines("alerts").Where(line => Text(line, "path") == "/slack")
            .Select(line => line.GetProperty("body").GetProperty("attachments")[0]).ToList();
        var splits = Lines("trafficsplits").Select(line => line.GetProperty("object")).ToList();
        var log = Lines("flagger-log").Where(entry => entry.TryGetProperty("caller", out var caller)
            && caller.GetString()!.StartsWith("controller/events.go:", StringComparison.Ordinal)).ToList();

        foreach (var run in RecordedRun.All())
        {
            var name = Text(run, "name");
            var seen = statuses.Where(item => Text(item.GetProperty("metadata"), "name") == name)
                .Select(item => item.GetProperty("status")).Where(status => status.ValueKind == JsonValueKind.Object).ToList();
            var calls = hooks.Where(call => Text(call.Body, "name") == name).ToList();
            Check(run, "course", RecordedRun.Distinct(seen.Select(status => $"{Text(status, "phase")}/{Number(status, "canaryWeight")}")));
            Check(run, "failedChecks", RecordedRun.Distinct(seen.Select(status => $"{Number(status, "failedChecks")}")));
            Check(run, "iterations", RecordedRun.Distinct(seen.Select(status => $"{Number(status, "iterations")}")));
            Check(run, "hooks", calls.Where(call => call.Path != "event").Select(call => $"{call.Path} {Text(call.Body, "phase")}"));
            var told = calls.Where(call => call.Path == "event").Select(call => call.Body).ToList();
            var logged = RecordedRun.Distinct(log.Where(entry => Text(entry, "canary") == $"{name}.test").Select(Logged));
            if (RecordedRun.TellsPhases(run))
            {
                // The log, which is all that a run without event hook left, has the events that hooks were told, all and no others.
                Assert.Equal(RecordedRun.Distinct(told.Select(body => Event(body, withPhase: false))), logged);
            }

            Check(run, "events", RecordedRun.TellsPhases(run)
                ? RecordedRun.Distinct(told.Select(body => Event(body, withPhase: true)))
                : logged);
            Check(run, "traffic", RecordedRun.Distinct(splits.Where(split => Text(split.GetProperty("metadata"), "name") == name)
                .SelectMany(split => split.GetProperty("spec").GetProperty("backends").EnumerateArray())
                .Where(backend => Text(backend, "service") == $"{name}-canary").Select(backend => $"{Number(backend, "weight")}")));
            Check(run, "alerts", alerts.Where(alert => Text(alert, "author_name") == $"{name}.test").Select(alert => Text(alert, "text")));
        }
    }

    private static void Check(JsonElement run, string aspect, IEnumerable<string> recorded) => Assert.Equal(
        string.Join('\n', recorded),
        string.Join('\n', run.GetProperty(aspect).EnumerateArray().Select(item => item.GetString())));

    private static string Event(JsonElement body, bool withPhase)
    {
        var metadata = body.GetProperty("metadata");
        return $"{Text(metadata, "eventType")} {(withPhase ? $"{Text(body, "phase")} " : string.Empty)}{Text(metadata, "eventMessage")}";
    }

    // One line of Flagger writes all normal events, the others all warnings.
    private static string Logged(JsonElement entry) =>
        $"{(Text(entry, "caller") == "controller/events.go:33" ? "Normal" : "Warning")} {Text(entry, "msg")}";

    private static IEnumerable<JsonElement> Lines(string file) =>
        File.ReadLines(Path.Combine(Folder, $"{file}.jsonl")).Select(line => JsonDocument.Parse(line).RootElement.Clone());

    private static string Text(JsonElement item, string property) => item.GetProperty(property).GetString()!;

    private static int Number(JsonElement item, string property) =>
        item.TryGetProperty(property, out var value) ? value.GetInt32() : 0;
}
