using XdsCanary.TestKit.Processes;

namespace XdsCanary.TestKit.RealEnvoy;

/// <summary>A real Envoy with a bootstrap file of ours. Disposed means its process is gone.</summary>
public sealed class EnvoyInstance : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly TemporaryFolder _folder;

    private EnvoyInstance(ChildProcess process, TemporaryFolder folder, int adminPort)
    {
        _process = process;
        _folder = folder;
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
        var path = Tool.Find("envoy");
        var adminPort = options.AdminPort ?? FreePort.Next();
        var folder = new TemporaryFolder();
        var bootstrap = folder.Write("bootstrap.yaml", options.WriteBootstrap(adminPort));
        var process = ChildProcess.Start(
            $"envoy {options.NodeId}",
            path,
            ["-c", bootstrap, "--use-dynamic-base-id", "--concurrency", "1"]);
        var envoy = new EnvoyInstance(process, folder, adminPort);
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

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<bool> AnswersAsync()
    {
        _process.AssertRunning();
        await Admin.GetTextAsync("/server_info");
        return true;
    }
}
