using System.Diagnostics;

namespace XdsCanary.TestKit.Cluster;

/// <summary>The real kubectl, as one user of a cluster.</summary>
/// <param name="kubeconfig">The path of the user's kubeconfig.</param>
public sealed class Kubectl(string kubeconfig)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Runs it.</summary>
    /// <param name="arguments">For example <c>get pods -n test</c>, one by one.</param>
    /// <returns>What it printed, and its exit code.</returns>
    public Task<KubectlResult> RunAsync(params string[] arguments) => RunAsync(arguments, input: null);

    /// <summary>Runs it with a text as its standard input, for <c>-f -</c>.</summary>
    public async Task<KubectlResult> RunAsync(IEnumerable<string> arguments, string? input)
    {
        var start = new ProcessStartInfo(Tool.Find("kubectl"), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["KUBECONFIG"] = kubeconfig;
        start.Environment["KUBECACHEDIR"] = Path.Combine(Path.GetDirectoryName(kubeconfig)!, "kubectl-cache");
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.StandardInput.WriteAsync(input ?? string.Empty);
            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
            return new KubectlResult(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"kubectl {string.Join(' ', arguments)} did not end within {Limit.TotalSeconds:0} s.");
        }
    }
}
