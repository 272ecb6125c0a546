using System.Globalization;
using XdsCanary.TestKit.Processes;

namespace XdsCanary.TestKit.Cluster;

/// <summary>One program of the control plane, which can be killed, started again with the same data and ports, and frozen.</summary>
public sealed class ClusterProgram : IAsyncDisposable
{
    private readonly string _path;
    private readonly string[] _arguments;
    private ChildProcess? _process;

    internal ClusterProgram(string name, IEnumerable<string> arguments)
    {
        Name = name;
        _path = Tool.Find(name);
        _arguments = [.. arguments];
    }

    /// <summary>The program's file name.</summary>
    public string Name { get; }

    /// <summary>True from its start to its end.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>The process id since it was started last; 0 before it was.</summary>
    public int ProcessId => _process?.Id ?? 0;

    /// <summary>What it printed since it was started last.</summary>
    public ProcessLog Log => _process?.Log ?? new ProcessLog();

    /// <summary>The memory it holds, in bytes (resident set).</summary>
    public long ResidentBytes
    {
        get
        {
            // "VmRSS:    43012 kB"
            var line = File.ReadLines($"/proc/{ProcessId}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            return 1024 * long.Parse(line["VmRSS:".Length..^"kB".Length], CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Starts it, after it was killed or for the first time, and waits for nothing.</summary>
    public async Task StartAsync()
    {
        await DisposeAsync();
        _process = ChildProcess.Start(Name, _path, _arguments);
    }

    /// <summary>Ends it at once (SIGKILL).</summary>
    public Task KillAsync() => _process?.KillAsync() ?? Task.CompletedTask;

    /// <summary>Stops it where it is (SIGSTOP): it is there, and does not answer.</summary>
    public void Freeze() => _process?.Freeze();

    /// <summary>Lets it go on after <see cref="Freeze"/>.</summary>
    public void Thaw() => _process?.Thaw();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            await process.DisposeAsync();
        }
    }

    internal void AssertRunning() => _process?.AssertRunning();
}
