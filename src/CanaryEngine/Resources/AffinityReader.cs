using XdsCanary.CanaryEngine.Core;
using XdsCanary.KubeRuntime.Documents;

namespace XdsCanary.CanaryEngine.Resources;

/// <summary>Reads <c>spec.analysis.sessionAffinity</c>.</summary>
internal static class AffinityReader
{
    private const int DaySeconds = 86400;
    private const int LongestAge = 400 * DaySeconds;

    /// <summary>Reads it.</summary>
    /// <param name="field">The field.</param>
    /// <returns>The cookies; null when the field is absent.</returns>
    public static SessionAffinitySpec? Read(NodeReader field)
    {
        if (!field.Exists)
        {
            return null;
        }

        FieldNames.ReportUnknown(
            field, "cookieName", "primaryCookieName", "domain", "httpOnly", "maxAge", "partitioned", "path", "sameSite", "secure");
        var cookie = ReadName(field.Field("cookieName"), field.Field("cookieName").RequiredText("Write a name for the cookie"));
        var primary = ReadName(field.Field("primaryCookieName"), field.Field("primaryCookieName").Text());
        if (cookie.Length > 0 && cookie == primary)
        {
            field.Field("primaryCookieName").Report(
                "can't use the same cookie name for both primary and cookie name; please update them to be different",
                $"Write another name, such as {cookie}-primary");
        }

        // Zero is how Flagger's objects say that nothing was written.
        var age = field.Field("maxAge").Whole(0, LongestAge) ?? 0;
        return new SessionAffinitySpec
        {
            CookieName = cookie,
            PrimaryCookieName = primary,
            MaxAge = TimeSpan.FromSeconds(age == 0 ? DaySeconds : age),
            Attributes = ReadAttributes(field),
        };
    }

    private static string ReadName(NodeReader field, string? name)
    {
        if (!string.IsNullOrEmpty(name) && !NameForms.IsToken(name))
        {
            field.Report($"is not the name of a cookie, {field.Shown()}", "Use letters, digits, '-' and '_'");
        }

        return name ?? string.Empty;
    }

    private static string ReadAttributes(NodeReader field)
    {
        string?[] attributes =
        [
            Named("Domain", ReadValue(field.Field("domain"))),
            field.Field("httpOnly").Boolean() == true ? "HttpOnly" : null,
            field.Field("partitioned").Boolean() == true ? "Partitioned" : null,
            Named("Path", ReadValue(field.Field("path"))),
            Named("SameSite", ReadSameSite(field.Field("sameSite"))),
            field.Field("secure").Boolean() == true ? "Secure" : null,
        ];
        return string.Join("; ", attributes.Where(attribute => attribute is not null));
    }

    private static string? Named(string name, string? value) => string.IsNullOrEmpty(value) ? null : $"{name}={value}";

    private static string? ReadValue(NodeReader field)
    {
        var value = field.Text();
        if (value is not null && !value.All(letter => letter is > ' ' and < '\u007f' and not ';'))
        {
            field.Report($"cannot stand in a cookie, {field.Shown()}", "Do without ';', blanks and letters beyond ASCII");
        }

        return value;
    }

    private static string? ReadSameSite(NodeReader field)
    {
        var value = field.Text();
        if (value is not (null or "" or "Strict" or "Lax" or "None"))
        {
            field.ReportUnknownWord("Strict", "Lax", "None");
        }

        return value;
    }
}
