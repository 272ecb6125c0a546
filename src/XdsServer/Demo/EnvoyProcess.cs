using System.Diagnostics;
using System.Runtime.InteropServices;

namespace XdsCanary.XdsServer.Demo;

/// <summary>An Envoy that this process runs: stopped when disposed or when this process ends.</summary>
internal sealed class EnvoyProcess : IAsyncDisposable
{
    private const int Terminate = 15;

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PollPause = TimeSpan.FromMilliseconds(50);

    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly string _folder;
    private readonly TimeProvider _time;
    private int _disposed;

    private EnvoyProcess(Process process, string folder, TimeProvider time)
    {
        _process = process;
        _folder = folder;
        _time = time;
        // Read all along: a full pipe would stop Envoy.
        _errors = process.StandardError.ReadToEndAsync();
        AppDomain.CurrentDomain.ProcessExit += KillOnExit;
    }

    /// <summary>The address of its admin interface.</summary>
    public Uri AdminAddress { get; private set; } = null!;

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    private string AdminFile => Path.Combine(_folder, "admin");

    private string LogFile => Path.Combine(_folder, "envoy.log");

    /// <summary>The program to run: the file asked for, else <c>envoy</c> on the search path; null when there is none.</summary>
    /// <param name="file">The file asked for; null for none.</param>
    /// <param name="finder">Searches the path.</param>
    public static string? Find(string? file, ProgramFinder finder) => file ?? finder.Find("envoy");

    /// <summary>Starts Envoy and waits until it is ready, which it is when it has its first configuration.</summary>
    /// <param name="program">The program.</param>
    /// <param name="bootstrap">The bootstrap, YAML or JSON, with an admin address, whose port may be 0.</param>
    /// <param name="readyLimit">How long it may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <exception cref="InvalidOperationException">Envoy ended at once; the message has what it said.</exception>
    /// <exception cref="TimeoutException">Envoy was not ready in time; the message has what it said.</exception>
    public static async Task<EnvoyProcess> StartAsync(
        string program, string bootstrap, TimeSpan readyLimit, TimeProvider time, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("xds-canary-envoy-").FullName;
        EnvoyProcess envoy;
        try
        {
            // YAML contains JSON, so one extension serves both.
            var file = Path.Combine(folder, "bootstrap.yaml");
            await File.WriteAllTextAsync(file, bootstrap, cancellationToken);
            envoy = new EnvoyProcess(Launch(program, folder, file), folder, time);
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }

        try
        {
            await envoy.WaitUntilReadyAsync(readyLimit, cancellationToken);
            return envoy;
        }
        catch
        {
            await envoy.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks Envoy to end, kills it after five seconds, and removes its files.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        AppDomain.CurrentDomain.ProcessExit -= KillOnExit;
        if (!_process.HasExited)
        {
            if (OperatingSystem.IsWindows() || SendSignal(_process.Id, Terminate) != 0)
            {
                Kill();
            }

            using var limit = new CancellationTokenSource(StopLimit, _time);
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                Kill();
                await _process.WaitForExitAsync(CancellationToken.None);
            }
        }

        await _errors;
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static Process Launch(string program, string folder, string bootstrap)
    {
        string[] arguments =
        [
            "-c", bootstrap, "--use-dynamic-base-id", "--concurrency", "1", "-l", "warn",
            "--log-path", Path.Combine(folder, "envoy.log"), "--admin-address-path", Path.Combine(folder, "admin"),
        ];
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false };
        return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
    }

    private async Task WaitUntilReadyAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var started = _time.GetTimestamp();
        while (!await IsReadyAsync(http, cancellationToken))
        {
            if (_process.HasExited)
            {
                throw new InvalidOperationException($"Envoy ended with code {_process.ExitCode}: {await SaidAsync()}");
            }

            if (_time.GetElapsedTime(started) >= limit)
            {
                throw new TimeoutException($"Envoy was not ready within {limit.TotalSeconds} s: {await SaidAsync()}");
            }

            await Task.Delay(PollPause, _time, cancellationToken);
        }
    }

    private async Task<bool> IsReadyAsync(HttpClient http, CancellationToken cancellationToken)
    {
        var address = File.Exists(AdminFile) ? await File.ReadAllTextAsync(AdminFile, cancellationToken) : string.Empty;
        if (!Uri.TryCreate($"http://{address.Trim()}", UriKind.Absolute, out var admin))
        {
            return false;
        }

        AdminAddress = admin;
        try
        {
            using var response = await http.GetAsync(new Uri(admin, "/ready"), cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task<string> SaidAsync()
    {
        const int Enough = 2000;
        var log = File.Exists(LogFile) ? await File.ReadAllTextAsync(LogFile) : string.Empty;
        var text = (log + (_process.HasExited ? await _errors : string.Empty)).Trim();
        return text.Length > Enough ? text[^Enough..] : text;
    }

    private void KillOnExit(object? sender, EventArgs arguments) => Kill();

    private void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int SendSignal(int process, int signal);
}
