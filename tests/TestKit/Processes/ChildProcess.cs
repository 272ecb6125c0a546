using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using XdsCanary.XdsServer.Demo;
using Xunit;

namespace XdsCanary.TestKit.Processes;

/// <summary>
/// A program run by a test. Disposed means gone, with its own children; the test's output gets the end of its log.
/// </summary>
public sealed partial class ChildProcess : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<int, Process> Running = new();

    private readonly Process _process;
    private readonly Task _output;

    static ChildProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) => KillAll();

    private ChildProcess(string name, Process process)
    {
        Name = name;
        Id = process.Id;
        _process = process;
        Running[Id] = process;
        _output = Task.WhenAll(PumpAsync(process.StandardOutput), PumpAsync(process.StandardError));
    }

    /// <summary>What messages call it.</summary>
    public string Name { get; }

    /// <summary>Its process id.</summary>
    public int Id { get; }

    /// <summary>What it printed.</summary>
    public ProcessLog Log { get; } = new();

    /// <summary>True when it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Starts a program with standard input closed.</summary>
    public static ChildProcess Start(
        string name, string path, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (key, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[key] = value;
        }

        var process = LastingThread.Start(start);
        process.StandardInput.Close();
        return new ChildProcess(name, process);
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>Its exit code and everything it printed.</returns>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        string path,
        IEnumerable<string> arguments,
        TimeSpan? timeout = null,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        await using var child = Start(Path.GetFileName(path), path, arguments, environment);
        var code = await child.ExitAsync(timeout);
        return (code, string.Join('\n', child.Log.Lines));
    }

    /// <summary>Waits for the end of the program, and of its output.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="TimeoutException">It did not end in time.</exception>
    public async Task<int> ExitAsync(TimeSpan? timeout = null)
    {
        var limit = timeout ?? Eventually.DefaultTimeout;
        try
        {
            await _process.WaitForExitAsync().WaitAsync(limit, TimeProvider.System, TestContext.Current.CancellationToken);
            await _output.WaitAsync(limit, TimeProvider.System, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{Name} did not end within {limit.TotalSeconds:0.#} s. Its log ends:\n{Log.Tail()}");
        }

        return _process.ExitCode;
    }

    /// <summary>Waits for the end of the program, however long it runs.</summary>
    /// <returns>The exit code; 128 and the signal's number when a signal ended it.</returns>
    public async Task<int> ExitedAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Asks the program to end, as a service manager does.</summary>
    public void Terminate() => Signal(PosixSignal.SIGTERM);

    /// <summary>Sends a signal to the program, not to its children; one that has ended is left in peace.</summary>
    /// <param name="signal">SIGINT as Ctrl+C sends it, SIGTERM as a service manager does, or SIGHUP as a closed terminal does.</param>
    public void Signal(PosixSignal signal)
    {
        var number = signal switch
        {
            PosixSignal.SIGHUP => 1,
            PosixSignal.SIGINT => 2,
            PosixSignal.SIGTERM => 15,
            _ => throw new ArgumentOutOfRangeException(nameof(signal), signal, "Not a signal that tests send."),
        };
        Send(number);
    }

    /// <summary>Stops the program where it is (SIGSTOP), as a machine does that has no time for it, until it is thawed.</summary>
    public void Freeze() => Send(19);

    /// <summary>Lets a frozen program go on (SIGCONT).</summary>
    public void Thaw() => Send(18);

    /// <summary>Ends the program at once (SIGKILL): it gets no chance to say goodbye to anyone.</summary>
    public async Task KillAsync()
    {
        KillNow(_process);
        await _process.WaitForExitAsync().WaitAsync(Eventually.DefaultTimeout, TimeProvider.System);
    }

    /// <summary>
    /// Ends at once what is left of the process group that a program leads (`setsid`), even if the program itself has ended.
    /// </summary>
    public void KillGroup() => _ = Kill(-Id, 9);

    /// <summary>Fails with the end of the log if the program has ended.</summary>
    public void AssertRunning()
    {
        if (_process.HasExited)
        {
            Assert.Fail($"{Name} has ended with exit code {_process.ExitCode}. Its log ends:\n{Log.Tail()}");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Running.TryRemove(Id, out _);
        await _output.WaitAsync(Eventually.DefaultTimeout, TimeProvider.System);
        _process.Dispose();

        Show($"--- {Name}, end of log ---\n{Log.Tail(200)}\n--- {Name} ---");
    }

    // Shown with a failed test only.
    private static void Show(string text)
    {
        try
        {
            TestContext.Current.TestOutputHelper?.WriteLine(text);
        }
        catch (InvalidOperationException)
        {
            // The test that it was started in has ended.
        }
    }

    private void Send(int signal)
    {
        if (!_process.HasExited && Kill(Id, signal) != 0 && !_process.HasExited)
        {
            throw new InvalidOperationException($"{Name} could not be signalled.");
        }
    }

    private static void KillAll()
    {
        foreach (var process in Running.Values)
        {
            KillNow(process);
        }
    }

    private static void KillNow(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It was faster.
        }
    }

    private async Task PumpAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            Log.Add(line);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);
}
