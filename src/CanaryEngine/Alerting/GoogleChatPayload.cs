using XdsCanary.CanaryEngine.Ports;
using XdsCanary.CanaryEngine.Webhooks;

namespace XdsCanary.CanaryEngine.Alerting;

/// <summary>A card of Google Chat. It shows no severity.</summary>
internal static class GoogleChatPayload
{
    /// <summary>Writes the body.</summary>
    /// <param name="message">The alert.</param>
    public static string Write(AlertMessage message) => GoJson.Object(
        ("cards", GoJson.Array(
        [
            GoJson.Object(
                ("header", GoJson.Object(
                    ("title", GoJson.Text("Flagger")),
                    ("subtitle", GoJson.Text(AlertPayload.Author(message))),
                    ("imageUrl", GoJson.Text("https://flagger.app/favicon.png")))),
                ("sections", GoJson.Array(
                [
                    Section(Strong(message.Text)),
                    .. message.Fields.Select(field => Section($"{field.Name}<br>{Strong(field.Value)}")),
                ]))),
        ])));

    private static string Section(string html) => GoJson.Object(
        ("widgets", GoJson.Array([GoJson.Object(("textParagraph", GoJson.Object(("text", GoJson.Text(html)))))])));

    private static string Strong(string text) => $"<font color=#848484><strong>{text}</strong></font>";
}
