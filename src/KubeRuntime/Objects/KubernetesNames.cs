using System.Text.RegularExpressions;

namespace XdsCanary.KubeRuntime.Objects;

/// <summary>The spelling rules of names in objects: RFC 1123, and the API conventions for versions and kinds.</summary>
internal static partial class KubernetesNames
{
    /// <summary>What is wrong with a name, and what to do.</summary>
    public readonly record struct Fault(string Message, string Fix);

    /// <summary>Checks an object's name: an RFC 1123 subdomain.</summary>
    /// <returns>Null when the name is good.</returns>
    public static Fault? CheckSubdomain(string text) => text.Length <= 253 && Subdomain().IsMatch(text)
        ? null
        : new Fault(
            $"'{text}' is not a valid name",
            "Use at most 253 lower case letters, digits, '-' and '.', with a letter or digit at both ends and beside each '.'");

    /// <summary>Checks a namespace: an RFC 1123 label.</summary>
    /// <returns>Null when the namespace is good.</returns>
    public static Fault? CheckLabel(string text) => IsLabel(text)
        ? null
        : new Fault(
            $"'{text}' is not a valid namespace",
            "Use at most 63 lower case letters, digits and '-', with a letter or digit at both ends");

    /// <summary>Checks an API version: <c>group/version</c>, or a version alone for the core group.</summary>
    /// <returns>Null when the API version is good.</returns>
    public static Fault? CheckApiVersion(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var isGood = IsLabel(text[(slash + 1)..]) && (slash < 0 || CheckSubdomain(text[..slash]) is null);
        return isGood
            ? null
            : new Fault($"'{text}' is not an API version", "Write 'v1', or group and version such as 'apps/v1'");
    }

    /// <summary>Checks a kind: letters and digits, a letter first.</summary>
    /// <returns>Null when the kind is good.</returns>
    public static Fault? CheckKind(string text) => text.Length <= 63 && Kind().IsMatch(text)
        ? null
        : new Fault($"'{text}' is not a kind", "Write letters and digits only, for example 'TrafficSplit'");

    private static bool IsLabel(string text) => text.Length <= 63 && Label().IsMatch(text);

    [GeneratedRegex(@"^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Label();

    [GeneratedRegex(@"^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Subdomain();

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Kind();
}
