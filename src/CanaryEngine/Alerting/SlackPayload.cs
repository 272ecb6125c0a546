using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.CanaryEngine.Webhooks;

namespace XdsCanary.CanaryEngine.Alerting;

/// <summary>A message with one attachment, as Slack, Discord and Rocket.Chat read it.</summary>
internal static class SlackPayload
{
    /// <summary>Writes the body.</summary>
    /// <param name="receiver">The receiver.</param>
    /// <param name="message">The alert.</param>
    /// <param name="good">The colour of what is no error.</param>
    /// <param name="danger">The colour of an error.</param>
    public static string Write(AlertReceiver receiver, AlertMessage message, string good, string danger) => GoJson.Object(
        ("channel", GoJson.Text(receiver.Channel)),
        ("username", GoJson.Text(receiver.Username)),
        ("icon_url", GoJson.Text(string.Empty)),
        ("icon_emoji", GoJson.Text(":rocket:")),
        ("attachments", GoJson.Array(
        [
            GoJson.Object(
                ("color", GoJson.Text(message.Severity == AlertSeverity.Error ? danger : good)),
                ("author_name", GoJson.Text(AlertPayload.Author(message))),
                ("text", GoJson.Text(message.Text)),
                ("mrkdwn_in", GoJson.Array([GoJson.Text("text")])),
                ("fields", GoJson.Array(message.Fields.Select(Field)))),
        ])));

    private static string Field(TemplateVariable field) =>
        GoJson.Object(("title", GoJson.Text(field.Name)), ("value", GoJson.Text(field.Value)), ("short", "false"));
}
