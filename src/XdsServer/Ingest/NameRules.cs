using XdsCanary.KubeRuntime.Documents;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>
/// The rules for names that Kubernetes has (RFC 1123 labels and subdomains), and those for host names in routes.
/// </summary>
internal static class NameRules
{
    /// <summary>Tells whether a text is a DNS label: at most 63 of a-z, 0-9 and '-', a letter or digit at both ends.</summary>
    /// <param name="text">The text.</param>
    public static bool IsLabel(string text) =>
        text.Length is > 0 and <= 63 && text.All(IsLabelCharacter) && text[0] != '-' && text[^1] != '-';

    /// <summary>Tells whether a text is a lower-case DNS name: labels joined by dots, at most 253 characters.</summary>
    /// <param name="text">The text.</param>
    public static bool IsSubdomain(string text) => text.Length <= 253 && text.Split('.').All(IsLabel);

    /// <summary>
    /// Tells whether Envoy takes a text as a domain of a virtual host: a host with or without a port, in which a '*' may stand
    /// at one end.
    /// </summary>
    /// <param name="text">The text.</param>
    public static bool IsHost(string text)
    {
        var name = text.StartsWith('*') ? text[1..] : text.EndsWith('*') ? text[..^1] : text;
        return text.Length is > 0 and <= 260
            && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.' or '_' or ':' or '[' or ']');
    }

    /// <summary>Tells whether a text can be the name of a header (RFC 9110, token), or of a pseudo-header with its colon.</summary>
    /// <param name="text">The text.</param>
    public static bool IsHeader(string text) => IsToken(text.TrimStart(':'));

    /// <summary>Tells whether a text is a token of RFC 9110, which the names of headers and cookies are.</summary>
    /// <param name="text">The text.</param>
    public static bool IsToken(string text) =>
        text.Length > 0 && text.All(letter => char.IsAsciiLetterOrDigit(letter) || "!#$%&'*+-.^_`|~".Contains(letter));

    /// <summary>The name under which a header is matched: HTTP/2 and Envoy carry the Host header as a pseudo-header.</summary>
    /// <param name="header">The header's name in any case.</param>
    public static string ToMatchedHeader(string header) =>
        header.ToLowerInvariant() is var name && name == "host" ? ":authority" : name;

    /// <summary>Reports an object's own names that are not allowed.</summary>
    /// <param name="root">The object.</param>
    /// <param name="isName">The rule for its name.</param>
    public static void CheckMetadata(NodeReader root, Func<string, bool> isName)
    {
        var metadata = root.Field("metadata");
        if (metadata.Field("name").Text() is { } name && !isName(name))
        {
            metadata.Field("name").Report(
                $"must be a DNS name, not '{name}'", "Use lower-case letters, digits and '-', at most 63 of them");
        }

        if (metadata.Field("namespace").Text() is { } space && !IsLabel(space))
        {
            metadata.Field("namespace").Report(
                $"must be a DNS label, not '{space}'", "Use lower-case letters, digits and '-', at most 63 of them");
        }
    }

    private static bool IsLabelCharacter(char letter) =>
        letter == '-' || char.IsAsciiDigit(letter) || char.IsAsciiLetterLower(letter);
}
