using XdsCanary.TestKit.Processes;

namespace XdsCanary.TestKit.RealEnvoy;

/// <summary>
/// A real Envoy with a bootstrap file of ours. Disposed means its process is gone. It can be killed, and started again.
/// </summary>
public sealed class EnvoyInstance : IAsyncDisposable
{
    private const string Bootstrap = "bootstrap.yaml";

    private readonly EnvoyOptions _options;
    private readonly TemporaryFolder _folder;
    private ChildProcess _process;

    private EnvoyInstance(EnvoyOptions options, TemporaryFolder folder, int adminPort)
    {
        _options = options;
        _folder = folder;
        _process = Launch();
        AdminPort = adminPort;
        Admin = new EnvoyAdmin(adminPort);
    }

    /// <summary>The port of the admin interface on the loopback address.</summary>
    public int AdminPort { get; }

    /// <summary>The admin interface.</summary>
    public EnvoyAdmin Admin { get; }

    /// <summary>What Envoy printed.</summary>
    public ProcessLog Log => _process.Log;

    /// <summary>The process id.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Starts an Envoy and waits until it answers; ready it is only when it has its configuration.</summary>
    public static async Task<EnvoyInstance> StartAsync(EnvoyOptions options)
    {
        var adminPort = options.AdminPort ?? FreePort.Next();
        var folder = new TemporaryFolder();
        folder.Write(Bootstrap, options.WriteBootstrap(adminPort));
        var envoy = new EnvoyInstance(options, folder, adminPort);
        try
        {
            await Eventually.GetAsync(envoy.AnswersAsync, answers => answers);
        }
        catch
        {
            await envoy.DisposeAsync();
            throw;
        }

        return envoy;
    }

    /// <summary>Starts an Envoy and waits until it has its first configuration and listens.</summary>
    public static async Task<EnvoyInstance> StartReadyAsync(EnvoyOptions options)
    {
        var envoy = await StartAsync(options);
        try
        {
            await envoy.BecomesReadyAsync();
        }
        catch
        {
            await envoy.DisposeAsync();
            throw;
        }

        return envoy;
    }

    /// <summary>Waits until Envoy has its first configuration and listens.</summary>
    public Task BecomesReadyAsync(TimeSpan? timeout = null)
    {
        _process.AssertRunning();
        return Eventually.BecomesAsync(Admin.IsReadyAsync, timeout);
    }

    /// <summary>Ends the process with SIGKILL: its connections break at once.</summary>
    public Task Kill9Async() => _process.KillAsync();

    /// <summary>Starts the process again with the same bootstrap, after it was killed, and waits until it is ready.</summary>
    public async Task RestartAsync()
    {
        await _process.DisposeAsync();
        _process = Launch();
        await BecomesReadyAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private ChildProcess Launch() => ChildProcess.Start(
        $"envoy {_options.NodeId}",
        Tool.Find("envoy"),
        ["-c", Path.Combine(_folder.FullPath, Bootstrap), "--use-dynamic-base-id", "--concurrency", "1", .. _options.Arguments]);

    private async Task<bool> AnswersAsync()
    {
        _process.AssertRunning();
        await Admin.GetTextAsync("/server_info");
        return true;
    }
}
