namespace XdsCanary.TestKit.Cluster.Pods;

/// <summary>Asks a probe again and again, and tells its verdict whenever the thresholds allow one.</summary>
/// <param name="probe">Whom to ask.</param>
/// <param name="time">The clock.</param>
internal sealed class ProbeLoop(ContainerProbe probe, TimeProvider time)
{
    /// <summary>
    /// How often it is asked before it has succeeded for the first time, if its period is longer; failures count once for each
    /// period all the same. Null: by its period.
    /// </summary>
    public TimeSpan? FirstInterval { get; init; }

    /// <summary>Runs until the verdict's taker says that it has heard enough, or the token.</summary>
    /// <param name="verdict">Gets true and false, again and again; returns false to end.</param>
    /// <param name="cancellationToken">Ends the loop.</param>
    public async Task RunAsync(Func<bool, bool> verdict, CancellationToken cancellationToken)
    {
        await Task.Delay(probe.InitialDelay, time, cancellationToken);
        var (successes, failures, hasSucceeded) = (0, 0, false);
        var counted = time.GetTimestamp();
        while (true)
        {
            if (await probe.AskAsync(cancellationToken))
            {
                (successes, failures, hasSucceeded) = (successes + 1, 0, true);
            }
            else if (hasSucceeded || FirstInterval is null || time.GetElapsedTime(counted) >= probe.Period)
            {
                (successes, failures) = (0, failures + 1);
                counted = time.GetTimestamp();
            }

            var isDecided = successes >= probe.SuccessThreshold || failures >= probe.FailureThreshold;
            if (isDecided && !verdict(successes > 0))
            {
                return;
            }

            var isFirst = !hasSucceeded && FirstInterval < probe.Period;
            await Task.Delay(isFirst ? FirstInterval!.Value : probe.Period, time, cancellationToken);
        }
    }
}
