using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace XdsCanary.TestKit.Cluster.Pods;

/// <summary>The environment variables of a container.</summary>
internal static partial class PodEnvironment
{
    /// <summary>Reads them: <c>envFrom</c> first, then <c>env</c> in order.</summary>
    /// <exception cref="ConfigMissingException">A source is not there.</exception>
    public static async Task<Dictionary<string, string>> ReadAsync(
        PodContext context, JsonObject container, CancellationToken cancellationToken)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var source in container.Items("envFrom"))
        {
            foreach (var (key, value) in await AllOfAsync(context, source, cancellationToken))
            {
                values[source.Text("prefix") + key] = Encoding.UTF8.GetString(value);
            }
        }

        foreach (var entry in container.Items("env"))
        {
            var value = entry.At("valueFrom") is { } source
                ? await OneOfAsync(context, source, cancellationToken)
                : Expand(entry.Text("value") ?? string.Empty, values);
            if (value is not null)
            {
                values[entry.Text("name")!] = value;
            }
        }

        return values;
    }

    /// <summary>Replaces <c>$(NAME)</c>, as containers' commands and variables may have it; <c>$$</c> stands for itself.</summary>
    public static string Expand(string text, IReadOnlyDictionary<string, string> values) => Reference().Replace(text, match =>
        match.Value == "$$" ? "$" : values.GetValueOrDefault(match.Groups["name"].Value, match.Value));

    private static Task<Dictionary<string, byte[]>> AllOfAsync(
        PodContext context, JsonObject source, CancellationToken cancellationToken) => source.At("configMapRef") is { } map
        ? ConfigReader.ConfigMapAsync(context, map.Text("name"), map.Flag("optional"), cancellationToken)
        : ConfigReader.SecretAsync(
            context, source.Text("secretRef", "name"), source.Flag("secretRef", "optional"), cancellationToken);

    private static async Task<string?> OneOfAsync(PodContext context, JsonNode source, CancellationToken cancellationToken)
    {
        if (source.Text("fieldRef", "fieldPath") is { } field)
        {
            return PodFields.Read(context, field);
        }

        if (source.At("resourceFieldRef") is not null)
        {
            // What a container gets is not limited here.
            return "1";
        }

        var (reference, values) = source.At("configMapKeyRef") is { } map
            ? (map, await ConfigReader.ConfigMapAsync(context, map.Text("name"), map.Flag("optional"), cancellationToken))
            : (source.At("secretKeyRef"), await ConfigReader.SecretAsync(
                context, source.Text("secretKeyRef", "name"), source.Flag("secretKeyRef", "optional"), cancellationToken));
        var key = reference.Text("key") ?? string.Empty;
        if (values.TryGetValue(key, out var value))
        {
            return Encoding.UTF8.GetString(value);
        }

        return reference.Flag("optional")
            ? null
            : throw new ConfigMissingException($"couldn't find key {key} in {context.Namespace}/{reference.Text("name")}");
    }

    [GeneratedRegex(@"\$\$|\$\((?<name>[^()]+)\)")]
    private static partial Regex Reference();
}
