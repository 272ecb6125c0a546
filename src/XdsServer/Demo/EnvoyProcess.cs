namespace XdsCanary.XdsServer.Demo;

/// <summary>An Envoy that this process runs: stopped when disposed or when this process ends.</summary>
internal sealed class EnvoyProcess : IAsyncDisposable
{
    private const string AdminFile = "admin";

    private readonly ChildProgram _program;

    private EnvoyProcess(ChildProgram program) => _program = program;

    /// <summary>The address of its admin interface.</summary>
    public Uri AdminAddress { get; private set; } = null!;

    /// <summary>The process id.</summary>
    public int Id => _program.Id;

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
        var envoy = new EnvoyProcess(
            ChildProgram.Start(program, "xds-canary-envoy-", folder => Prepare(folder, program, bootstrap), time));
        try
        {
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
            await envoy._program.WaitUntilAsync(() => envoy.IsReadyAsync(http, cancellationToken), readyLimit, cancellationToken);
            return envoy;
        }
        catch
        {
            await envoy.DisposeAsync();
            throw;
        }
    }

    /// <summary>How Envoy ended by itself, with what it said last; null while it runs.</summary>
    public Task<string?> EndAsync() => _program.EndAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _program.DisposeAsync();

    private static string[] Prepare(string folder, string program, string bootstrap)
    {
        // YAML contains JSON, so one extension serves both.
        var file = Path.Combine(folder, "bootstrap.yaml");
        File.WriteAllText(file, bootstrap);
        var log = Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(program)}.log");
        return
        [
            "-c", file, "--use-dynamic-base-id", "--concurrency", "1", "-l", "warn",
            "--log-path", log, "--admin-address-path", Path.Combine(folder, AdminFile),
        ];
    }

    private async Task<bool> IsReadyAsync(HttpClient http, CancellationToken cancellationToken)
    {
        var address = await _program.ReadAsync(AdminFile);
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
}
