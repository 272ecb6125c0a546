using System.Collections.Concurrent;
using System.Diagnostics;

namespace XdsCanary.XdsServer.Demo;

/// <summary>
/// Starts programs on a thread that ends only with this process. A program may ask the kernel to be ended with the thread that
/// started it (Linux: PR_SET_PDEATHSIG), as Envoy does unless its hot restart is disabled; threads of the pool come and go, and
/// such a program would go with one. Thread-safe.
/// </summary>
internal static class LastingThread
{
    private static readonly BlockingCollection<Action> Work = [];

    static LastingThread() => new Thread(Run) { IsBackground = true, Name = "starts programs" }.Start();

    /// <summary>Starts a program.</summary>
    /// <param name="start">What to start.</param>
    /// <exception cref="InvalidOperationException">It did not start.</exception>
    /// <exception cref="System.ComponentModel.Win32Exception">The system refused.</exception>
    public static Process Start(ProcessStartInfo start)
    {
        var started = new TaskCompletionSource<Process?>(TaskCreationOptions.RunContinuationsAsynchronously);
        Work.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(start));
            }
            catch (Exception exception)
            {
                started.SetException(exception);
            }
        });
        return started.Task.GetAwaiter().GetResult()
            ?? throw new InvalidOperationException($"'{start.FileName}' did not start.");
    }

    private static void Run()
    {
        foreach (var work in Work.GetConsumingEnumerable())
        {
            work();
        }
    }
}
