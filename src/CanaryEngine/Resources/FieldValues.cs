using System.Globalization;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.KubeRuntime.Documents;

namespace XdsCanary.CanaryEngine.Resources;

/// <summary>Reads fields of the types that canaries are made of. What is not of the type is reported and counts as absent.</summary>
internal static class FieldValues
{
    /// <summary>The longest duration taken anywhere: longer ones are slips.</summary>
    public static readonly TimeSpan LongestDuration = TimeSpan.FromDays(30);

    /// <summary>Reads a whole number.</summary>
    /// <param name="field">The field.</param>
    /// <param name="minimum">The least allowed.</param>
    /// <param name="maximum">The greatest allowed.</param>
    public static int? Whole(this NodeReader field, int minimum, int maximum) => (int?)field.Integer(minimum, maximum);

    /// <summary>Reads a number with or without a fraction.</summary>
    /// <param name="field">The field.</param>
    public static double? Number(this NodeReader field)
    {
        if (!field.Exists)
        {
            return null;
        }

        if (field.Node is ScalarNode { Kind: ScalarKind.Number } scalar
            && double.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number))
        {
            return number;
        }

        field.Report($"must be a number, not {field.Shown()}", "Write a number such as 99 or 0.5, without quotes and unit");
        return null;
    }

    /// <summary>Reads a duration.</summary>
    /// <param name="field">The field.</param>
    /// <param name="minimum">The shortest allowed.</param>
    public static TimeSpan? Duration(this NodeReader field, TimeSpan minimum)
    {
        if (field.Text() is not { } text)
        {
            return null;
        }

        if (DurationText.Parse(text) is not { } duration)
        {
            var isUnitMissing = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
            field.Report(
                $"must be a duration, not {field.Shown()}",
                isUnitMissing ? $"Write {text}s for seconds" : "Write a number and a unit, such as 500ms, 30s, 1m30s or 1h");
            return null;
        }

        if (duration < minimum || duration > LongestDuration)
        {
            field.Report(
                $"must be from {Shown(minimum)} to {Shown(LongestDuration)}, not {field.Shown()}", "Write a duration in that range");
            return null;
        }

        return duration;
    }

    /// <summary>Reads the address of a web server.</summary>
    /// <param name="field">The field.</param>
    public static Uri? WebAddress(this NodeReader field)
    {
        if (field.Text() is not { } text)
        {
            return null;
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out var address)
            && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
            && address.Host.Length > 0)
        {
            return address;
        }

        field.Report($"must be a URL of http or https, not {field.Shown()}", "Write the whole URL, such as http://name.namespace:8080/path");
        return null;
    }

    /// <summary>Reads one of a few words.</summary>
    /// <typeparam name="T">What the words stand for.</typeparam>
    /// <param name="field">The field.</param>
    /// <param name="words">The words and what they stand for.</param>
    public static T? Choice<T>(this NodeReader field, params ReadOnlySpan<(string Word, T Value)> words)
        where T : struct
    {
        if (field.Text() is not { } text)
        {
            return null;
        }

        var known = new string[words.Length];
        for (var i = 0; i < words.Length; i++)
        {
            if (words[i].Word == text)
            {
                return words[i].Value;
            }

            known[i] = words[i].Word;
        }

        // An empty word says 'the default', and is no advice.
        field.ReportUnknownWord([.. known.Where(word => word.Length > 0)]);
        return null;
    }

    /// <summary>Reports a field that must not be there.</summary>
    /// <param name="field">The field.</param>
    /// <param name="message">Why.</param>
    /// <param name="fix">What to do.</param>
    public static void ReportIfThere(this NodeReader field, string message, string fix)
    {
        if (field.Exists)
        {
            field.Report(message, fix);
        }
    }

    /// <summary>Reports a word that is none of a few.</summary>
    /// <param name="field">The field.</param>
    /// <param name="known">The words that would be.</param>
    public static void ReportUnknownWord(this NodeReader field, params ReadOnlySpan<string> known)
    {
        var list = string.Join(", ", known.ToArray());
        var nearest = known.Length == 1 ? known[0] : NearestName.Find(field.Text() ?? string.Empty, known);
        field.Report(
            known.Length == 1 ? $"must be {list}, not {field.Shown()}" : $"must be one of {list}, not {field.Shown()}",
            nearest is null ? "Write one of these" : $"Write '{nearest}'");
    }

    /// <summary>Reads an object of texts.</summary>
    /// <param name="field">The field.</param>
    /// <returns>The entries, sorted by name.</returns>
    public static EquatableArray<TemplateVariable> Texts(this NodeReader field)
    {
        var texts = new List<TemplateVariable>();
        foreach (var (name, value) in field.Entries())
        {
            if (value.Node is ScalarNode { Kind: not ScalarKind.String } scalar)
            {
                // The API server refuses these, too.
                value.Report(
                    $"must be a text, but {value.Shown()} is read as a number or a boolean", $"Write \"{scalar.Text}\" in quotes");
            }
            else
            {
                texts.Add(new TemplateVariable(name, value.Text() ?? string.Empty));
            }
        }

        return texts.OrderBy(text => text.Name, StringComparer.Ordinal).ToEquatableArray();
    }

    private static string Shown(TimeSpan duration) => duration.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{duration.TotalHours}h")
        : duration.TotalSeconds >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds}s")
            : string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds}ms");
}
