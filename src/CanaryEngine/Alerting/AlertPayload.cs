using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Ports;

namespace XdsCanary.CanaryEngine.Alerting;

/// <summary>The body of an alert in its receiver's format.</summary>
internal static class AlertPayload
{
    /// <summary>Writes the body.</summary>
    /// <param name="receiver">The receiver.</param>
    /// <param name="message">The alert.</param>
    /// <param name="at">When it happened.</param>
    public static string Write(AlertReceiver receiver, AlertMessage message, DateTimeOffset at) => receiver.Type switch
    {
        AlertProviderType.Slack or AlertProviderType.Discord => SlackPayload.Write(receiver, message, "good", "danger"),
        AlertProviderType.Rocket => SlackPayload.Write(receiver, message, "#0076D7", "#FF0000"),
        AlertProviderType.Teams => TeamsPayload.Write(message),
        AlertProviderType.GoogleChat => GoogleChatPayload.Write(message),
        _ => GenericPayload.Write(message, at),
    };

    /// <summary>How receivers name a canary.</summary>
    /// <param name="message">The alert.</param>
    public static string Author(AlertMessage message) => $"{message.Canary.Name}.{message.Canary.Namespace}";
}
