using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.CanaryEngine.Webhooks;

namespace XdsCanary.CanaryEngine.Alerting;

/// <summary>A card of Microsoft Teams.</summary>
internal static class TeamsPayload
{
    /// <summary>Writes the body.</summary>
    /// <param name="message">The alert.</param>
    public static string Write(AlertMessage message) => GoJson.Object(
        ("@type", GoJson.Text("MessageCard")),
        ("@context", GoJson.Text("http://schema.org/extensions")),
        ("themeColor", GoJson.Text(message.Severity == AlertSeverity.Error ? "FF0000" : "0076D7")),
        ("summary", GoJson.Text(AlertPayload.Author(message))),
        ("sections", GoJson.Array(
        [
            GoJson.Object(
                ("activityTitle", GoJson.Text(message.Text)),
                ("activitySubtitle", GoJson.Text(AlertPayload.Author(message))),
                ("facts", GoJson.Array(message.Fields.Select(Fact)))),
        ])));

    private static string Fact(TemplateVariable field) =>
        GoJson.Object(("name", GoJson.Text(field.Name)), ("value", GoJson.Text(field.Value)));
}
