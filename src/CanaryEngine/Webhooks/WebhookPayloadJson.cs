using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Ports;

namespace XdsCanary.CanaryEngine.Webhooks;

/// <summary>The body of a webhook call, byte for byte as Flagger writes it.</summary>
internal static class WebhookPayloadJson
{
    /// <summary>Writes the body.</summary>
    /// <param name="payload">What to tell.</param>
    public static string Write(WebhookPayload payload)
    {
        var name = ("name", GoJson.Text(payload.Canary.Name));
        var ns = ("namespace", GoJson.Text(payload.Canary.Namespace));
        var phase = ("phase", GoJson.Text(PhaseText(payload.Phase)));
        var checksum = ("checksum", GoJson.Text(payload.Checksum));
        return payload.Metadata.Count == 0
            ? GoJson.Object(name, ns, phase, checksum)
            : GoJson.Object(name, ns, phase, checksum, ("metadata", Metadata(payload.Metadata)));
    }

    private static string PhaseText(CanaryPhase phase) => phase == CanaryPhase.None ? string.Empty : phase.ToString();

    private static string Metadata(EquatableArray<TemplateVariable> metadata) => GoJson.Object(
    [
        .. metadata.OrderBy(entry => entry.Name, StringComparer.Ordinal).Select(entry => (entry.Name, GoJson.Text(entry.Value))),
    ]);
}
