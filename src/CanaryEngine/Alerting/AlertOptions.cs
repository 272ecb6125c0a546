using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Alerting;

/// <summary>The receiver for canaries that name none, and what all alerts have in common.</summary>
public sealed record AlertOptions
{
    /// <summary>Shown first in every alert as <c>Cluster</c>; empty for not.</summary>
    public string ClusterName { get; init; } = string.Empty;

    /// <summary>Slack's URL; empty for none.</summary>
    public string SlackUrl { get; init; } = string.Empty;

    /// <summary>Slack's token; empty for none.</summary>
    public string SlackToken { get; init; } = string.Empty;

    /// <summary>Slack's channel; without it nothing is sent to Slack.</summary>
    public string SlackChannel { get; init; } = string.Empty;

    /// <summary>The name that messages in Slack appear under.</summary>
    public string SlackUsername { get; init; } = "flagger";

    /// <summary>The proxy on the way to Slack; null for none.</summary>
    public Uri? SlackProxy { get; init; }

    /// <summary>The URL of Microsoft Teams; empty for none. It counts more than Slack's.</summary>
    public string TeamsUrl { get; init; } = string.Empty;

    /// <summary>The proxy on the way to Teams; null for none.</summary>
    public Uri? TeamsProxy { get; init; }

    /// <summary>How many alerts may wait for one receiver; the oldest are dropped.</summary>
    public int Capacity { get; init; } = 256;

    /// <summary>These options with what the environment says, which counts more, under Flagger's names.</summary>
    /// <param name="variable">Gives the value of an environment variable, null when it is not set.</param>
    public AlertOptions WithEnvironment(Func<string, string?> variable) => this with
    {
        SlackUrl = Given(variable("SLACK_URL")) ?? SlackUrl,
        SlackToken = Given(variable("SLACK_TOKEN")) ?? SlackToken,
        SlackProxy = Url(variable("SLACK_PROXY_URL")) ?? SlackProxy,
        TeamsUrl = Given(variable("MSTEAMS_URL")) ?? TeamsUrl,
        TeamsProxy = Url(variable("MSTEAMS_PROXY_URL")) ?? TeamsProxy,
    };

    /// <summary>The receiver that these options describe.</summary>
    /// <param name="fault">Why what is described cannot work; empty when there is nothing or it works.</param>
    /// <returns>The receiver; null for none.</returns>
    internal AlertReceiver? GlobalReceiver(out string fault)
    {
        fault = string.Empty;
        if (TeamsUrl.Length > 0)
        {
            var teams = new AlertProviderSpec { Key = default, Type = AlertProviderType.Teams, Proxy = TeamsProxy };
            return AlertReceiver.Make("msteams", teams, Url(TeamsUrl), string.Empty, out fault);
        }

        var slack = new AlertProviderSpec
        {
            Key = default,
            Type = AlertProviderType.Slack,
            Channel = SlackChannel,
            Username = SlackUsername,
            Proxy = SlackProxy,
        };
        return SlackUrl.Length == 0 ? null : AlertReceiver.Make("slack", slack, Url(SlackUrl), SlackToken, out fault);
    }

    private static string? Given(string? value) => string.IsNullOrEmpty(value) ? null : value;

    private static Uri? Url(string? value) => Uri.TryCreate(value, UriKind.Absolute, out var url) ? url : null;
}
