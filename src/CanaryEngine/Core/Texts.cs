using System.Globalization;

namespace XdsCanary.CanaryEngine.Core;

/// <summary>
/// The words of events and alerts, in one place. Dashboards and scripts look for those that Flagger has
/// (`spec/flagger.md` Appendix A), so they are kept letter for letter.
/// </summary>
internal static class Texts
{
    /// <summary><c>name.namespace</c> of the canary.</summary>
    public static string Name(CanarySpec spec) => $"{spec.Key.Name}.{spec.Key.Namespace}";

    /// <summary><c>name.namespace</c> of the target.</summary>
    public static string Target(CanarySpec spec) => $"{spec.Target.Name}.{spec.Key.Namespace}";

    /// <summary><c>name-primary.namespace</c>.</summary>
    public static string Primary(CanarySpec spec) => $"{spec.Target.Name}-primary.{spec.Key.Namespace}";

    /// <summary>How a check is named when it passed.</summary>
    /// <param name="type">The hook's type.</param>
    /// <param name="hook">The hook's name.</param>
    public static string HookPassed(WebhookType type, string hook) => $"{Label(type)} check {hook} passed";

    /// <summary>A gate is closed.</summary>
    public static string GateClosed(CanarySpec spec, WebhookType type, string hook) => type switch
    {
        WebhookType.ConfirmPromotion => $"Halt {Name(spec)} advancement waiting for promotion approval {hook}",
        WebhookType.ConfirmTrafficIncrease => $"Halt {Name(spec)} advancement waiting for traffic increase approval {hook}",
        _ => $"Halt {Name(spec)} advancement waiting for approval {hook}",
    };

    /// <summary>The alert that a gate is closed.</summary>
    public static string GateAlert(WebhookType type) => type switch
    {
        WebhookType.ConfirmPromotion => "Canary promotion is waiting for approval.",
        WebhookType.ConfirmTrafficIncrease => "Canary traffic increase is waiting for approval.",
        _ => "Canary is waiting for approval.",
    };

    /// <summary>The primary is not ready.</summary>
    public static string PrimaryNotReady(CanarySpec spec, string text) => spec.Target.Kind == TargetKind.DaemonSet
        ? $"primary daemonset {Primary(spec)} not ready: {text}"
        : $"{Primary(spec)} not ready: {text}";

    /// <summary>The canary is not ready.</summary>
    public static string CanaryNotReady(CanarySpec spec, string text) => spec.Target.Kind switch
    {
        TargetKind.DaemonSet => $"canary damonset {Target(spec)} not ready with retryable true: {text}",
        TargetKind.Deployment => $"canary deployment {Target(spec)} not ready: {text}",
        _ => $"canary service {Target(spec)} not ready: {text}",
    };

    /// <summary>A span as people write it: <c>30s</c>, <c>1m30s</c>.</summary>
    public static string Span(TimeSpan span)
    {
        var whole = TimeSpan.FromSeconds(Math.Round(span.TotalSeconds));
        var (minutes, seconds) = ((int)whole.TotalMinutes, whole.Seconds);
        return (minutes, seconds) switch
        {
            (0, _) => string.Create(CultureInfo.InvariantCulture, $"{seconds}s"),
            (_, 0) => string.Create(CultureInfo.InvariantCulture, $"{minutes}m"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{minutes}m{seconds}s"),
        };
    }

    private static string Label(WebhookType type) => type switch
    {
        WebhookType.ConfirmRollout => "Confirm-rollout",
        WebhookType.PreRollout => "Pre-rollout",
        WebhookType.ConfirmTrafficIncrease => "Confirm-traffic-increase",
        WebhookType.ConfirmPromotion => "Confirm-promotion",
        WebhookType.PostRollout => "Post-rollout",
        WebhookType.Rollback => "Rollback",
        _ => "Rollout",
    };
}
