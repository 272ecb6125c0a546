using System.Globalization;
using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Webhooks;

/// <summary>What an event webhook is told beside its own metadata.</summary>
internal static class EventMetadata
{
    private const string MessageName = "eventMessage";
    private const string TypeName = "eventType";
    private const string TimestampName = "timestamp";

    /// <summary>Joins an event and the hook's metadata; the event's names win.</summary>
    /// <param name="own">The hook's metadata.</param>
    /// <param name="notice">The event.</param>
    /// <param name="at">When it happened.</param>
    /// <returns>Sorted by name.</returns>
    public static EquatableArray<TemplateVariable> Of(
        EquatableArray<TemplateVariable> own, EventNotice notice, DateTimeOffset at)
    {
        TemplateVariable[] told =
        [
            new(MessageName, notice.Text),
            new(TypeName, notice.IsWarning ? "Warning" : "Normal"),
            new(TimestampName, at.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)),
        ];
        return told
            .Concat(own.Where(entry => entry.Name is not (MessageName or TypeName or TimestampName)))
            .OrderBy(entry => entry.Name, StringComparer.Ordinal)
            .ToEquatableArray();
    }
}
