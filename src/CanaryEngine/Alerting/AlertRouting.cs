using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Alerting;

/// <summary>Which of a canary's alerts take a message.</summary>
internal static class AlertRouting
{
    /// <summary>The alerts whose least severity the message reaches.</summary>
    /// <param name="alerts">The canary's alerts.</param>
    /// <param name="severity">The message's severity.</param>
    public static IEnumerable<AlertSpec> Takers(EquatableArray<AlertSpec> alerts, AlertSeverity severity) =>
        alerts.Where(alert => severity >= alert.Severity);
}
