using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace XdsCanary.LoadTester.Tasks;

/// <summary>Runs programs to their end, or to the end of their time.</summary>
/// <param name="timeout">Their time.</param>
/// <param name="time">Measures it.</param>
internal sealed class ProcessRunner(TimeSpan timeout, TimeProvider time)
{
    private const int MostOutput = 64 * 1024;

    // What a program left behind may still hold its output open.
    private static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(2);

    /// <summary>Runs a program.</summary>
    /// <param name="words">The program and its arguments.</param>
    /// <param name="command">The command as it was asked for.</param>
    /// <param name="cancellationToken">Kills the program, with everything that it started.</param>
    public async Task<TaskResult> RunAsync(IReadOnlyList<string> words, string command, CancellationToken cancellationToken)
    {
        using var process = new Process { StartInfo = ProcessGroups.StartInfo(words) };
        try
        {
            process.Start();
        }
        catch (Win32Exception fault)
        {
            return Failure(command, string.Empty, fault.Message);
        }

        process.StandardInput.Close();
        var output = new Output();
        var readers = Task.WhenAll(output.ReadAsync(process.StandardOutput), output.ReadAsync(process.StandardError));
        using var limit = new CancellationTokenSource(timeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await process.WaitForExitAsync(stop.Token);
            await WaitForOutputAsync(process, readers);
        }
        catch (OperationCanceledException)
        {
            ProcessGroups.Kill(process);
            await process.WaitForExitAsync(CancellationToken.None);
            var reason = limit.IsCancellationRequested
                ? string.Create(CultureInfo.InvariantCulture, $"killed after {timeout.TotalSeconds:0.###}s")
                : "killed, because nobody waits for it any more";
            return Failure(command, output.ToString(), reason);
        }

        return process.ExitCode == 0
            ? new TaskResult(true, output.ToString())
            : Failure(command, output.ToString(), string.Create(CultureInfo.InvariantCulture, $"exit status {process.ExitCode}"));
    }

    private static TaskResult Failure(string command, string output, string reason) =>
        new(false, output, $"command {command} failed: {output}: {reason}");

    private async Task WaitForOutputAsync(Process process, Task readers)
    {
        try
        {
            await readers.WaitAsync(OutputGrace, time);
        }
        catch (TimeoutException)
        {
            ProcessGroups.Kill(process);
        }
    }

    private sealed class Output
    {
        private readonly StringBuilder _text = new();

        public async Task ReadAsync(StreamReader reader)
        {
            var buffer = new char[4096];
            while (await reader.ReadAsync(buffer) is > 0 and var length)
            {
                lock (_text)
                {
                    // What is too much is read all the same, else the program would wait for ever.
                    _text.Append(buffer, 0, Math.Min(length, MostOutput - _text.Length));
                }
            }
        }

        public override string ToString()
        {
            lock (_text)
            {
                return _text.ToString();
            }
        }
    }
}
