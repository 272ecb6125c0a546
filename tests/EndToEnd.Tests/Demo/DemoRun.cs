using System.Runtime.InteropServices;
using System.Text;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Processes;
using XdsCanary.TestKit.Server;

namespace XdsCanary.EndToEnd.Tests.Demo;

/// <summary>
/// One run of <c>xds-canary demo</c>, with a folder of its own for temporary files: by it the run's processes are known,
/// whoever started them, and in it is what they leave behind.
/// </summary>
internal sealed class DemoRun : IAsyncDisposable
{
    private const string Nowhere = "/nowhere";

    private readonly TemporaryFolder _folder = new();
    private readonly ChildProcess _process;

    private DemoRun(string[] arguments, string searchPath)
    {
        var environment = new Dictionary<string, string>
        {
            ["TMPDIR"] = _folder.FullPath,
            ["PATH"] = searchPath,
            // The runtime's own sockets for debuggers would be among the files left behind.
            ["DOTNET_EnableDiagnostics"] = "0",
        };
        // Tests that run in the background of a shell have inherited that signals are ignored; a user's demo has not.
        _process = ChildProcess.Start(
            "demo", "/usr/bin/env", ["--default-signal=INT,HUP", ServerProcess.ExecutablePath, "demo", .. arguments], environment);
    }

    /// <summary>What it printed.</summary>
    public ProcessLog Log => _process.Log;

    /// <summary>The lines of its table, one for each step.</summary>
    public IReadOnlyList<string[]> Steps =>
    [
        .. Log.Lines
            .Where(line => line.Length > 0 && char.IsAsciiDigit(line[0]))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)),
    ];

    /// <summary>Starts a demo that is told to take the embedded data plane, even if there is an Envoy.</summary>
    public static DemoRun StartEmbedded() => new(["--embedded"], SearchPathOf("envoy"));

    /// <summary>Starts a demo with the embedded data plane and further arguments, and no programs but those named.</summary>
    public static DemoRun StartEmbedded(string[] arguments, params string[] programs) =>
        new(["--embedded", .. arguments], SearchPathOf(programs));

    /// <summary>Starts a demo with the Envoy and the Prometheus on PATH.</summary>
    public static DemoRun StartWithEnvoyAndPrometheus() => new(["--prometheus"], SearchPathOf("envoy", "prometheus"));

    /// <summary>Starts a demo that takes the Envoy on PATH.</summary>
    public static DemoRun StartWithEnvoy() => new([], SearchPathOf("envoy"));

    /// <summary>Starts a demo on a machine without Envoy.</summary>
    public static DemoRun StartWithoutEnvoy() => new([], Nowhere);

    /// <summary>Sends a signal to the process that the user started.</summary>
    public void Signal(PosixSignal signal) => _process.Signal(signal);

    /// <summary>Waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> ExitAsync(TimeSpan limit) => _process.ExitAsync(limit);

    /// <summary>Waits until the table has begun: everything runs then, and load is under way.</summary>
    public Task ReachesTheSceneAsync() => Eventually.BecomesAsync(() =>
    {
        _process.AssertRunning();
        return Log.Lines.Any(line => line.StartsWith("step ", StringComparison.Ordinal));
    });

    /// <summary>Fails if a process of the run still runs, or a file of it is left.</summary>
    public void AssertNothingIsLeft()
    {
        Assert.Empty(Processes());
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.FullPath));
    }

    /// <summary>The processes of the run that are there now.</summary>
    public IReadOnlyList<int> Processes()
    {
        var mark = Encoding.UTF8.GetBytes($"TMPDIR={_folder.FullPath}\0");
        return
        [
            .. Directory.EnumerateDirectories("/proc")
                .Select(path => int.TryParse(Path.GetFileName(path), out var id) ? id : 0)
                .Where(id => id > 0 && Environment(id).AsSpan().IndexOf(mark) >= 0),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static string SearchPathOf(params string[] programs) => string.Join(
        Path.PathSeparator, programs.Select(program => Path.GetDirectoryName(Tool.TryFind(program)) ?? Nowhere).Append(Nowhere));

    private static byte[] Environment(int id)
    {
        try
        {
            return File.ReadAllBytes($"/proc/{id}/environ");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has ended meanwhile, or is another user's.
            return [];
        }
    }
}
