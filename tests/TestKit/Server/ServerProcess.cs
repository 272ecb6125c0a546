using XdsCanary.TestKit.Processes;

namespace XdsCanary.TestKit.Server;

/// <summary>
/// The product as its users run it: the built executable, as a process. It can be killed, and started again on the same ports.
/// </summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private readonly ServerOptions _options;
    private ChildProcess _process;

    private ServerProcess(ServerOptions options, ServerPorts ports)
    {
        _options = options;
        Ports = ports;
        Admin = new ServerAdmin(ports.Admin, options.AdminToken);
        _process = Launch();
    }

    /// <summary>Its ports, the same for its whole life.</summary>
    public ServerPorts Ports { get; }

    /// <summary>The admin interface.</summary>
    public ServerAdmin Admin { get; }

    /// <summary>What it printed since it was started last.</summary>
    public ProcessLog Log => _process.Log;

    /// <summary>The process id since it was started last.</summary>
    public int ProcessId => _process.Id;

    /// <summary>
    /// The executable: built beside the tests, in the same configuration; <c>XDSCANARY_EXECUTABLE</c> names another.
    /// </summary>
    public static string ExecutablePath
    {
        get
        {
            if (Environment.GetEnvironmentVariable("XDSCANARY_EXECUTABLE") is { Length: > 0 } given)
            {
                return given;
            }

            // artifacts/bin/<project>/<configuration>/
            var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
            return RepositoryPaths.Combine("artifacts", "bin", "XdsServer", configuration, "xds-canary");
        }
    }

    /// <summary>Starts a server on free ports and waits until it is ready.</summary>
    public static async Task<ServerProcess> StartAsync(ServerOptions options)
    {
        var server = new ServerProcess(options, new ServerPorts(FreePort.Next(), FreePort.Next(), options.ListenerPort ?? FreePort.Next()));
        try
        {
            await server.BecomesReadyAsync();
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        return server;
    }

    /// <summary>Runs the executable to its end, for example <c>validate FILE</c>.</summary>
    /// <returns>Its exit code and everything it printed.</returns>
    public static Task<(int ExitCode, string Output)> RunAsync(params string[] arguments) =>
        ChildProcess.RunAsync(ExecutablePath, arguments);

    /// <summary>Ends the process with SIGKILL.</summary>
    public Task Kill9Async() => _process.KillAsync();

    /// <summary>Asks the process to end and waits for it.</summary>
    /// <returns>Its exit code.</returns>
    public Task<int> StopAsync(TimeSpan? timeout = null)
    {
        _process.Terminate();
        return _process.ExitAsync(timeout);
    }

    /// <summary>
    /// Starts the process again on the same ports, after it was killed or stopped, and waits until it is ready.
    /// </summary>
    public async Task RestartAsync()
    {
        await LaunchAgainAsync();
        await BecomesReadyAsync();
    }

    /// <summary>Starts the process again on the same ports, after it was killed or stopped, and waits for nothing.</summary>
    public async Task LaunchAgainAsync()
    {
        await _process.DisposeAsync();
        _process = Launch();
    }

    /// <summary>Waits until the server has published its first consistent snapshot.</summary>
    public Task BecomesReadyAsync() => Eventually.GetAsync(
        async () =>
        {
            _process.AssertRunning();
            return await Admin.IsReadyAsync();
        },
        ready => ready);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await _process.DisposeAsync();
    }

    private ChildProcess Launch() =>
        ChildProcess.Start("xds-canary", ExecutablePath, _options.WriteArguments(Ports), _options.Environment);
}
