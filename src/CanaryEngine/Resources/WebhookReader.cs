using XdsCanary.CanaryEngine.Core;
using XdsCanary.KubeRuntime.Documents;

namespace XdsCanary.CanaryEngine.Resources;

/// <summary>Reads <c>spec.analysis.webhooks</c>.</summary>
internal static class WebhookReader
{
    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromMilliseconds(1);

    /// <summary>Reads the list.</summary>
    /// <param name="field">The field.</param>
    /// <param name="findings">Collects notes.</param>
    public static EquatableArray<WebhookSpec> Read(NodeReader field, Findings findings)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var hooks = new List<WebhookSpec>();
        foreach (var item in field.Items())
        {
            FieldNames.ReportUnknown(
                item, "name", "type", "url", "timeout", "retries", "disableTLS", "muteAlert", "async", "metadata");
            var name = item.Field("name").RequiredText("Write a name that is unique in the canary");
            if (name is not null && !names.Add(name))
            {
                item.Field("name").Report(
                    $"'{name}' is the name of an earlier webhook, too", "Give each webhook a name of its own: gates are opened by it");
            }

            hooks.AddRange(ReadOne(item, name ?? string.Empty, findings));
        }

        return hooks.ToEquatableArray();
    }

    private static IEnumerable<WebhookSpec> ReadOne(NodeReader item, string name, Findings findings)
    {
        var type = item.Field("type").Choice(
            ("rollout", WebhookType.Rollout), ("confirm-rollout", WebhookType.ConfirmRollout),
            ("pre-rollout", WebhookType.PreRollout), ("confirm-traffic-increase", WebhookType.ConfirmTrafficIncrease),
            ("confirm-promotion", WebhookType.ConfirmPromotion), ("post-rollout", WebhookType.PostRollout),
            ("rollback", WebhookType.Rollback), ("event", WebhookType.Event), (string.Empty, WebhookType.Rollout))
            ?? WebhookType.Rollout;
        var isGate = type is WebhookType.ConfirmRollout or WebhookType.ConfirmTrafficIncrease or WebhookType.ConfirmPromotion;
        if (!isGate)
        {
            findings.NoteUnused(item.Field("muteAlert"), "only gates send alerts, the confirm-... webhooks");
        }

        var url = item.Field("url");
        var address = url.Exists ? url.WebAddress() : null;
        if (!url.Exists)
        {
            url.RequiredText("Write the URL that is called");
        }

        var hook = new WebhookSpec
        {
            Name = name,
            Type = type,
            Url = address!,
            Timeout = item.Field("timeout").Duration(ShortestTimeout) ?? TimeSpan.FromSeconds(10),
            Retries = item.Field("retries").Whole(0, 10) ?? 0,
            SkipVerify = item.Field("disableTLS").Boolean() ?? false,
            MuteAlert = item.Field("muteAlert").Boolean() ?? false,
            Async = item.Field("async").Boolean() ?? false,
            Metadata = item.Field("metadata").Texts(),
        };
        return address is null ? [] : [hook];
    }
}
