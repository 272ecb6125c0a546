using System.Diagnostics;
using XdsCanary.TestKit;

namespace XdsCanary.Kubernetes.Tests.Guide;

/// <summary>The shell of the person who follows the guide: bash in the root of the repository, with kubectl and helm.</summary>
public sealed class GuideShell : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan LookAgainLimit = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _home = new();
    private readonly string _kubeconfig;

    /// <param name="kubeconfig">The administrator's kubeconfig.</param>
    public GuideShell(string kubeconfig)
    {
        _kubeconfig = kubeconfig;
        foreach (var program in new[] { "bash", "kubectl", "helm" })
        {
            Tool.Find(program);
        }
    }

    /// <summary>Runs a step, and again when its output is not as expected and it may be repeated.</summary>
    public async Task<GuideRecord> RunAsync(GuideStep step)
    {
        var clock = Stopwatch.StartNew();
        var record = await OnceAsync(step, clock);
        if (step.IsRepeated && record.Fault is not null)
        {
            await Eventually.BecomesAsync(
                async () => (record = await OnceAsync(step, clock)).Fault is null || clock.Elapsed > LookAgainLimit, LookAgainLimit * 2);
        }

        return record;
    }

    /// <inheritdoc/>
    public void Dispose() => _home.Dispose();

    private async Task<GuideRecord> OnceAsync(GuideStep step, Stopwatch clock)
    {
        // One stream, as in a terminal.
        var start = new ProcessStartInfo(Tool.Find("bash"), ["-euo", "pipefail", "-c", $"exec 2>&1\n{step.Commands}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = RepositoryPaths.Root,
        };
        start.Environment["KUBECONFIG"] = _kubeconfig;
        foreach (var name in new[] { "HOME", "KUBECACHEDIR", "HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME" })
        {
            start.Environment[name] = _home.FullPath;
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        try
        {
            var output = (await process.StandardOutput.ReadToEndAsync(limit.Token)).TrimEnd();
            await process.WaitForExitAsync(limit.Token);
            return new GuideRecord(step, output, process.ExitCode, clock.Elapsed);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"The commands in line {step.Line} of the guide did not end within {Limit.TotalSeconds:0} s.");
        }
    }
}
