using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Ports;

namespace XdsCanary.CanaryEngine.Alerting;

/// <summary>Finds the receiver that an alert of a canary names.</summary>
/// <param name="providers">The AlertProvider objects.</param>
/// <param name="secrets">The secrets with their addresses and tokens.</param>
internal sealed class AlertDirectory(IAlertProviders providers, ISecrets secrets)
{
    /// <summary>Finds a receiver.</summary>
    /// <param name="alert">The canary's alert.</param>
    /// <param name="fault">Why there is none.</param>
    /// <returns>The receiver; null when there is none that can be used.</returns>
    public AlertReceiver? Find(AlertSpec alert, out string fault)
    {
        var reference = $"{alert.Provider.Name}.{alert.Provider.Namespace}";
        if (providers.Find(alert.Provider) is not { } provider)
        {
            fault = $"alert provider {reference} error: not found";
            return null;
        }

        var address = provider.Address;
        var token = string.Empty;
        if (provider.Secret is { } name)
        {
            if (secrets.Find(name) is not { } secret)
            {
                fault = $"alert provider {reference} secretRef error: secret {name.Name} not found";
                return null;
            }

            if (!secret.TryGetValue("address", out var given))
            {
                fault = $"alert provider {reference} secret does not contain an address";
                return null;
            }

            // Files and `kubectl create secret --from-file` leave a line break at the end.
            address = Uri.TryCreate(given.Trim(), UriKind.Absolute, out var url) ? url : null;
            token = secret.GetValueOrDefault("token", string.Empty).Trim();
        }

        var receiver = AlertReceiver.Make(reference, provider, address, token, out var reason);
        fault = receiver is null ? $"alert provider {reference} error: {reason}" : string.Empty;
        return receiver;
    }
}
