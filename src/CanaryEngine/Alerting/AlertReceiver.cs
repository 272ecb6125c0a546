using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Alerting;

/// <summary>Where alerts go, with everything that is needed to send them.</summary>
/// <param name="Name">What the log calls it; never the address, which is a secret with most providers.</param>
/// <param name="Type">Its format.</param>
/// <param name="Address">The URL.</param>
internal sealed record AlertReceiver(string Name, AlertProviderType Type, Uri Address)
{
    /// <summary>The channel, for the formats that have one.</summary>
    public string Channel { get; init; } = string.Empty;

    /// <summary>The name that the message appears under.</summary>
    public string Username { get; init; } = string.Empty;

    /// <summary>Sent as bearer token; empty for none.</summary>
    public string Token { get; init; } = string.Empty;

    /// <summary>The proxy; null for the one of the environment.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>Makes a receiver of what is written about it.</summary>
    /// <param name="name">What the log calls it.</param>
    /// <param name="provider">The provider.</param>
    /// <param name="address">The address, from the provider or its secret.</param>
    /// <param name="token">The token; empty for none.</param>
    /// <param name="fault">Why there is none.</param>
    /// <returns>The receiver; null when what is written cannot work.</returns>
    public static AlertReceiver? Make(string name, AlertProviderSpec provider, Uri? address, string token, out string fault)
    {
        var isChat = provider.Type is AlertProviderType.Slack or AlertProviderType.Discord or AlertProviderType.Rocket;
        fault = string.Empty;
        if (isChat && provider.Channel.Length == 0)
        {
            fault = "empty channel";
        }
        else if (isChat && provider.Username.Length == 0)
        {
            fault = "empty username";
        }
        else if (address is not { IsAbsoluteUri: true, Scheme: "http" or "https" } url)
        {
            fault = "its address is not an http or https URL";
        }
        else
        {
            return new AlertReceiver(name, provider.Type, provider.Type == AlertProviderType.Discord ? SlackPathOf(url) : url)
            {
                Channel = provider.Channel,
                Username = provider.Username,
                Token = provider.Type == AlertProviderType.Slack || provider.Type == AlertProviderType.Generic ? token : string.Empty,
                Proxy = provider.Proxy,
            };
        }

        return null;
    }

    // Discord reads messages in Slack's format there.
    private static Uri SlackPathOf(Uri url)
    {
        const string SlackPath = "/slack";
        return url.AbsolutePath.EndsWith(SlackPath, StringComparison.Ordinal)
            ? url
            : new UriBuilder(url) { Path = url.AbsolutePath.TrimEnd('/') + SlackPath }.Uri;
    }
}
