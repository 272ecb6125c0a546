namespace XdsCanary.CanaryEngine.Observability;

/// <summary>Ids of this project's log events about webhooks and alerts: 2300 to 2399, never given out twice.</summary>
internal static class DeliveryEventIds
{
    /// <summary>An event webhook cannot be reached or refuses.</summary>
    public const int EventWebhookFailed = 2300;

    /// <summary>An event webhook takes events again.</summary>
    public const int EventWebhookRecovered = 2301;

    /// <summary>An alert cannot be sent.</summary>
    public const int AlertFailed = 2310;

    /// <summary>A receiver takes alerts again.</summary>
    public const int AlertRecovered = 2311;

    /// <summary>An alert has no usable receiver.</summary>
    public const int AlertUnroutable = 2312;

    /// <summary>Alerts of canaries without receivers of their own go somewhere.</summary>
    public const int GlobalReceiver = 2313;

    /// <summary>Alerts of canaries without receivers of their own go nowhere, because of a setting that is missing.</summary>
    public const int GlobalReceiverUnusable = 2314;
}
