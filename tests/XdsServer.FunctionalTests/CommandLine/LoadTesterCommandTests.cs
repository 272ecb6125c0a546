using System.Net;
using System.Text;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Processes;
using XdsCanary.TestKit.Server;

namespace XdsCanary.XdsServer.FunctionalTests.CommandLine;

/// <summary>The load tester as its users run it: a process of its own, from the same executable.</summary>
public sealed class LoadTesterCommandTests : IDisposable
{
    private const string Announcement = "The load tester listens on ";

    private readonly HttpClient _http = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Gates_tasks_and_what_is_refused()
    {
        await using var process = Start("--allow", "echo");
        var url = await UrlAsync(process);

        Assert.Equal((HttpStatusCode.OK, "OK"), await PostAsync(url, "/gate/approve", "{}"));
        Assert.Equal((HttpStatusCode.OK, "hello\n"), await PostAsync(url, "/", Task("echo hello")));
        var (status, reason) = await PostAsync(url, "/", Task("touch /tmp/nothing"));
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Equal("command 'touch' is not on the list of allowed commands; start the load tester with --allow", reason);
    }

    [Fact]
    public async Task A_hanging_task_is_killed_with_its_children_when_its_time_is_up()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.FullPath, "child");
        await using var process = Start("--allow-bash", "--timeout", "1s");
        var url = await UrlAsync(process);

        var (status, _) = await PostAsync(
            url, "/", Task($"sleep 600 & echo $! > {file}; wait").Replace("\"cmd\",", "\"bash\",", StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.InternalServerError, status);
        var child = (await File.ReadAllTextAsync(file, Cancellation)).Trim();
        await Eventually.BecomesAsync(() => !IsAlive(child));
    }

    [Fact]
    public async Task It_ends_at_once_when_asked_to_with_the_tasks_that_still_run()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.FullPath, "child");
        await using var process = Start("--allow-bash");
        var url = await UrlAsync(process);
        var call = PostAsync(
            url, "/", Task($"sleep 600 & echo $! > {file}; wait").Replace("\"cmd\",", "\"bash\",", StringComparison.Ordinal));
        await Eventually.BecomesAsync(() => File.Exists(file) && new FileInfo(file).Length > 0);
        var child = (await File.ReadAllTextAsync(file, Cancellation)).Trim();

        process.Terminate();

        Assert.Equal(0, await process.ExitAsync());
        await Eventually.BecomesAsync(() => !IsAlive(child));
        await call.ContinueWith(_ => { }, Cancellation, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    [Theory]
    [InlineData("--namespace-regexp", "(")]
    [InlineData("--timeout", "soon")]
    [InlineData("--address", "everywhere")]
    public async Task A_setting_that_makes_no_sense_is_named(string option, string value)
    {
        var (exitCode, output) = await ServerProcess.RunAsync("loadtester", option, value);

        Assert.Equal(2, exitCode);
        Assert.Contains(option, output, StringComparison.Ordinal);
    }

    public void Dispose() => _http.Dispose();

    private static ChildProcess Start(params string[] arguments) =>
        ChildProcess.Start("loadtester", ServerProcess.ExecutablePath, ["loadtester", "--address", "127.0.0.1", "--port", "0", .. arguments]);

    private static async Task<string> UrlAsync(ChildProcess process) => await Eventually.GetAsync(
        () =>
        {
            process.AssertRunning();
            var line = process.Log.Lines.FirstOrDefault(line => line.StartsWith(Announcement, StringComparison.Ordinal));
            return System.Threading.Tasks.Task.FromResult(line?[Announcement.Length..].TrimEnd('/') ?? string.Empty);
        },
        url => url.Length > 0);

    private async Task<(HttpStatusCode Status, string Body)> PostAsync(string url, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync(new Uri(url + path), content, Cancellation);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
    }

    private static string Task(string command) => $$"""
        {"name":"podinfo","namespace":"test","phase":"Progressing","checksum":"x",
         "metadata":{"type":"cmd","cmd":"{{command}}","wait":"true","returnCmdOutput":"true"} }
        """;

    // A process that has ended but that nobody has waited for yet is dead too.
    private static bool IsAlive(string id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..][0] != 'Z';
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
