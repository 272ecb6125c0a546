using Envoy.Config.Core.V3;

namespace XdsCanary.XdsServer.Resources;

/// <summary>Tells proxies where to ask for more.</summary>
internal static class ConfigSources
{
    /// <summary>The ADS stream that the asking resource itself came over.</summary>
    public static ConfigSource Ads() => new()
    {
        Ads = new AggregatedConfigSource(),
        ResourceApiVersion = ApiVersion.V3,
    };
}
