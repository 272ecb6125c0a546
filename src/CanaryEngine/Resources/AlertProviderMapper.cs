using XdsCanary.CanaryEngine.Core;
using XdsCanary.KubeRuntime.Documents;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Resources;

/// <summary>Reads AlertProvider objects (flagger.app). Pure.</summary>
public static class AlertProviderMapper
{
    /// <summary>Reads an object.</summary>
    /// <param name="source">The object.</param>
    /// <param name="options">What it is read for.</param>
    /// <returns>What it says, or all its faults.</returns>
    public static Mapped<AlertProviderSpec> Map(SourceObject source, MapperOptions options)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        var findings = new Findings(source, options);
        findings.CheckFrame("v1beta1", "v1alpha3", "v1alpha1");
        var spec = findings.Root.Field("spec");
        FieldNames.ReportUnknown(spec, "type", "channel", "username", "address", "proxy", "secretRef");
        CheckAddress(spec);
        var result = new AlertProviderSpec
        {
            Key = source.Key.Name,
            Type = ReadType(spec.Field("type")),
            Channel = Or(spec.Field("channel").Text(), "general"),
            Username = Or(spec.Field("username").Text(), "flagger"),
            Address = spec.Field("address").WebAddress(),
            Proxy = spec.Field("proxy").WebAddress(),
            Secret = SecretReader.Read(spec.Field("secretRef"), findings),
        };
        return findings.Finish(() => result);
    }

    private static AlertProviderType ReadType(NodeReader field)
    {
        if (field.RequiredText("Write slack, msteams, discord, rocket, gchat or generic") is null)
        {
            return AlertProviderType.Generic;
        }

        return field.Choice(
            ("slack", AlertProviderType.Slack), ("msteams", AlertProviderType.Teams), ("discord", AlertProviderType.Discord),
            ("rocket", AlertProviderType.Rocket), ("gchat", AlertProviderType.GoogleChat), ("generic", AlertProviderType.Generic))
            ?? AlertProviderType.Generic;
    }

    private static void CheckAddress(NodeReader spec)
    {
        var (address, secret) = (spec.Field("address"), spec.Field("secretRef"));
        if (address.Exists && secret.Exists)
        {
            secret.Report("cannot be given together with address", "Keep one of the two; a Secret has the address under the key 'address'");
        }
        else if (!address.Exists && !secret.Exists)
        {
            address.Report("is missing", "Write the URL, or a secretRef to a Secret that has it under the key 'address'");
        }
    }

    private static string Or(string? text, string absent) => string.IsNullOrEmpty(text) ? absent : text;
}
