using System.Net;

namespace XdsCanary.XdsServer.Hosting;

/// <summary>The rules of settings that the annotations of one property can't say.</summary>
internal static class AddressRules
{
    /// <summary>Checks addresses and the directory.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="faults">Receives one sentence for each fault.</param>
    public static void Check(ServerOptions options, List<string> faults)
    {
        CheckAddress(nameof(options.XdsAddress), options.XdsAddress, faults);
        CheckAddress(nameof(options.AdminAddress), options.AdminAddress, faults);
        CheckAddress(nameof(options.ListenerAddress), options.ListenerAddress, faults);
        string[] servers = options.MetricsServer.Length > 0 ? [options.MetricsServer] : [];
        CheckUrls(nameof(options.MetricsServer), servers, faults);
        CheckUrls(nameof(options.EnvoyAdmin), options.EnvoyAdminTexts(), faults);
        if (options.XdsPort == options.AdminPort && options.XdsPort != 0)
        {
            faults.Add($"{Names(nameof(options.XdsPort))} and {Names(nameof(options.AdminPort))} are both {options.XdsPort}; "
                + "give them different ports.");
        }

        if (options.MaxHoldOff < options.HoldOff)
        {
            faults.Add($"{Names(nameof(options.MaxHoldOff))} must not be shorter than {Names(nameof(options.HoldOff))}, but "
                + $"{SettingText.Value(options.MaxHoldOff)} is shorter than {SettingText.Value(options.HoldOff)}.");
        }

        if (options.Manifests.Length > 0 && !Directory.Exists(options.Manifests))
        {
            faults.Add($"{Names(nameof(options.Manifests))} names '{options.Manifests}', which is not a directory; create it or name another.");
        }
    }

    private static void CheckAddress(string name, string value, List<string> faults)
    {
        if (!IPAddress.TryParse(value, out _))
        {
            faults.Add($"{Names(name)} must be an IP address, not '{value}'.");
        }
    }

    private static void CheckUrls(string name, string[] values, List<string> faults) => faults.AddRange(values
        .Where(value => !Uri.TryCreate(value, UriKind.Absolute, out var url)
            || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
        .Select(value => $"{Names(name)} must be a URL such as http://127.0.0.1:9090, not '{value}'."));

    private static string Names(string property) => SettingCatalog.Of(property).Names;
}
