using XdsCanary.KubeRuntime.Documents;

namespace XdsCanary.CanaryEngine.Resources;

/// <summary>The forms that names must have, after Kubernetes' rules (RFC 1123).</summary>
internal static class NameForms
{
    // Services are made with '-primary' behind the name, and have at most 63 characters.
    private const int LongestServiceName = 55;

    private const string Mend = "Use lower-case letters, digits and '-', with a letter or digit at both ends";

    /// <summary>Reads a name that must be there.</summary>
    /// <param name="field">The field.</param>
    /// <param name="fix">What to write when it is missing.</param>
    /// <returns>The name; empty when reported.</returns>
    public static string RequiredName(this NodeReader field, string fix)
    {
        var name = field.RequiredText(fix);
        if (name is not null && !IsSubdomain(name))
        {
            field.Report($"must be a DNS name, not {field.Shown()}", Mend);
            return string.Empty;
        }

        return name ?? string.Empty;
    }

    /// <summary>Reads a namespace.</summary>
    /// <param name="field">The field.</param>
    /// <returns>The namespace; null when it is absent, empty or reported.</returns>
    public static string? Namespace(this NodeReader field)
    {
        var name = field.Text();
        if (string.IsNullOrEmpty(name))
        {
            return null;
        }

        if (!IsLabel(name, 63))
        {
            field.Report($"must be a namespace, not {field.Shown()}", Mend);
        }

        return name;
    }

    /// <summary>Checks a name that Services are made with.</summary>
    /// <param name="field">The field that it was read from.</param>
    /// <param name="name">The name.</param>
    public static void CheckServiceName(NodeReader field, string name)
    {
        if (!IsLabel(name, LongestServiceName))
        {
            field.Report(
                $"must be a DNS label of at most {LongestServiceName} characters, not {field.Shown()}: "
                + "services with '-primary' and '-canary' behind it are made",
                field.Path == "spec.service.name" ? Mend : "Write another name into spec.service.name");
        }
    }

    /// <summary>Tells whether a text names a port: at most 15 of a-z, 0-9 and '-', at least one of them a letter.</summary>
    /// <param name="text">The text.</param>
    public static bool IsPortName(string text) => IsLabel(text, 15) && text.Any(char.IsAsciiLetterLower);

    /// <summary>Tells whether a text is a token as HTTP has them: the name of a header or of a cookie.</summary>
    /// <param name="text">The text.</param>
    public static bool IsToken(string text) => text.Length > 0
        && text.All(letter => char.IsAsciiLetterOrDigit(letter) || "!#$%&'*+-.^_`|~".Contains(letter, StringComparison.Ordinal));

    /// <summary>Tells whether a text is a DNS name: labels of lower-case letters, digits and '-', with dots between.</summary>
    /// <param name="text">The text.</param>
    public static bool IsSubdomain(string text) => text.Length <= 253 && text.Split('.').All(label => IsLabel(label, 63));

    private static bool IsLabel(string text, int longest) => text.Length > 0 && text.Length <= longest
        && text[0] != '-' && text[^1] != '-'
        && text.All(letter => letter == '-' || char.IsAsciiDigit(letter) || char.IsAsciiLetterLower(letter));
}
