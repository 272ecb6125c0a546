using System.Diagnostics;
using System.Runtime.InteropServices;

namespace XdsCanary.XdsServer.Demo;

/// <summary>
/// A program that this process runs in a temporary folder of its own: both are gone when it is disposed, and the program when
/// this process ends.
/// </summary>
internal sealed class ChildProgram : IAsyncDisposable
{
    private const int Terminate = 15;

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PollPause = TimeSpan.FromMilliseconds(50);

    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly string _folder;
    private readonly TimeProvider _time;
    private int _disposed;

    private ChildProgram(Process process, string folder, TimeProvider time)
    {
        _process = process;
        _folder = folder;
        _time = time;
        // Read all along: a full pipe would stop the program.
        _errors = process.StandardError.ReadToEndAsync();
        AppDomain.CurrentDomain.ProcessExit += KillOnExit;
    }

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    private string Name => Path.GetFileNameWithoutExtension(_process.StartInfo.FileName);

    /// <summary>Starts a program.</summary>
    /// <param name="program">The program.</param>
    /// <param name="prefix">How the folder's name begins.</param>
    /// <param name="prepare">Writes files into the folder, and returns the arguments.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="InvalidOperationException">It did not start.</exception>
    public static ChildProgram Start(string program, string prefix, Func<string, IEnumerable<string>> prepare, TimeProvider time)
    {
        var folder = Directory.CreateTempSubdirectory(prefix).FullName;
        try
        {
            var start = new ProcessStartInfo(program, prepare(folder)) { RedirectStandardError = true, UseShellExecute = false };
            return new ChildProgram(LastingThread.Start(start), folder, time);
        }
        catch (Exception exception)
        {
            Directory.Delete(folder, recursive: true);
            throw exception is System.ComponentModel.Win32Exception
                ? new InvalidOperationException(exception.Message, exception)
                : exception;
        }
    }

    /// <summary>Waits until the program is ready.</summary>
    /// <param name="isReady">Tells whether it is.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">It ended; the message has what it said.</exception>
    /// <exception cref="TimeoutException">It took too long; the message has what it said.</exception>
    public async Task WaitUntilAsync(Func<Task<bool>> isReady, TimeSpan limit, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        while (!await isReady())
        {
            if (await EndAsync() is { } end)
            {
                throw new InvalidOperationException(end);
            }

            if (_time.GetElapsedTime(started) >= limit)
            {
                throw new TimeoutException($"{Name} was not ready within {limit.TotalSeconds} s: {await SaidAsync()}");
            }

            await Task.Delay(PollPause, _time, cancellationToken);
        }
    }

    /// <summary>How the program ended by itself, with what it said last; null while it runs.</summary>
    public async Task<string?> EndAsync() =>
        _process.HasExited ? $"{Name} ended with code {_process.ExitCode}: {await SaidAsync()}" : null;

    /// <summary>The text of a file in the folder; empty when there is none.</summary>
    /// <param name="name">The file's name.</param>
    public async Task<string> ReadAsync(string name)
    {
        var file = Path.Combine(_folder, name);
        return File.Exists(file) ? await File.ReadAllTextAsync(file) : string.Empty;
    }

    /// <summary>Asks the program to end, kills it after five seconds, and removes its files.</summary>
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

    private async Task<string> SaidAsync()
    {
        const int Enough = 2000;
        var text = (await ReadAsync($"{Name}.log") + (_process.HasExited ? await _errors : string.Empty)).Trim();
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
