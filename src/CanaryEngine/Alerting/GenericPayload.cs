using System.Globalization;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.CanaryEngine.Webhooks;

namespace XdsCanary.CanaryEngine.Alerting;

/// <summary>Plain JSON for receivers of one's own: everything that is known, nothing for the eye.</summary>
internal static class GenericPayload
{
    /// <summary>Writes the body.</summary>
    /// <param name="message">The alert.</param>
    /// <param name="at">When it happened.</param>
    public static string Write(AlertMessage message, DateTimeOffset at) => GoJson.Object(
        ("canary", GoJson.Text(message.Canary.Name)),
        ("namespace", GoJson.Text(message.Canary.Namespace)),
        ("severity", GoJson.Text(Text(message.Severity))),
        ("message", GoJson.Text(message.Text)),
        ("fields", GoJson.Object([.. message.Fields.Select(field => (field.Name, GoJson.Text(field.Value)))])),
        ("timestamp", GoJson.Text(at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture))));

    private static string Text(AlertSeverity severity) => severity switch
    {
        AlertSeverity.Info => "info",
        AlertSeverity.Warn => "warn",
        _ => "error",
    };
}
