using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Ports;

/// <summary>Answers metric checks. Never throws for what the provider says or fails to say: that is an answer. Thread-safe.</summary>
public interface IMetricsProvider
{
    /// <summary>Asks for the value of a check.</summary>
    /// <param name="spec">The canary.</param>
    /// <param name="question">The check and its window.</param>
    /// <param name="cancellationToken">Ends the wait; the provider has its own, shorter limit.</param>
    ValueTask<MetricAnswer> QueryAsync(CanarySpec spec, AskMetric question, CancellationToken cancellationToken);

    /// <summary>Asks whether every provider that the canary's metrics need answers.</summary>
    /// <param name="spec">The canary.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<ProvidersAnswer> ProbeAsync(CanarySpec spec, CancellationToken cancellationToken);

    /// <summary>
    /// Tells that the canary is going to be measured, so that a provider that has to gather samples begins with it: best before
    /// it gets traffic. Harmless when repeated; every question says the same.
    /// </summary>
    /// <param name="spec">The canary.</param>
    void Watch(CanarySpec spec)
    {
    }
}
