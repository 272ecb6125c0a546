using XdsCanary.CanaryEngine.Core;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Ports;

/// <summary>Takes alerts. Returns at once; a slow receiver delays nobody (H-25). Thread-safe.</summary>
public interface IAlertSink
{
    /// <summary>Hands an alert over, to be sent to whom the canary names, or else to the server's own receiver.</summary>
    /// <param name="spec">The canary.</param>
    /// <param name="alert">What happened.</param>
    void Send(CanarySpec spec, AlertNotice alert);

    /// <summary>Waits until everything handed over so far was sent or given up.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task WhenIdleAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>One alert as receivers see it.</summary>
/// <param name="Canary">The canary.</param>
/// <param name="Severity">How grave.</param>
/// <param name="Text">What happened.</param>
/// <param name="Fields">Names and values that go with it.</param>
public sealed record AlertMessage(
    NamespacedName Canary, AlertSeverity Severity, string Text, EquatableArray<TemplateVariable> Fields);
