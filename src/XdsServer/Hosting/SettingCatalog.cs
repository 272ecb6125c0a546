using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using XdsCanary.KubeRuntime.Documents;

namespace XdsCanary.XdsServer.Hosting;

/// <summary>A setting under its three names.</summary>
/// <param name="Property">The property of <see cref="ServerOptions"/>; also the key in appsettings.json.</param>
/// <param name="Description">What it does.</param>
internal sealed record Setting(PropertyInfo Property, string Description)
{
    /// <summary>The command-line option, for example <c>--xds-port</c>.</summary>
    public string Option => "--" + Separated('-').ToLowerInvariant();

    /// <summary>The environment variable, for example <c>XDSCANARY_XDS_PORT</c>.</summary>
    public string Variable => "XDSCANARY_" + Separated('_').ToUpperInvariant();

    /// <summary>The configuration key, for example <c>XdsCanary:XdsPort</c>.</summary>
    public string Key => $"{ServerOptions.SectionName}:{Property.Name}";

    /// <summary>All three names, for messages.</summary>
    public string Names => $"{Option} ({Variable}, {Key})";

    private string Separated(char separator)
    {
        var text = new StringBuilder();
        foreach (var letter in Property.Name)
        {
            if (char.IsUpper(letter) && text.Length > 0)
            {
                text.Append(separator);
            }

            text.Append(letter);
        }

        return text.ToString();
    }
}

/// <summary>All settings, read off <see cref="ServerOptions"/>, so that a name is written in one place.</summary>
internal static partial class SettingCatalog
{
    /// <summary>The settings in the order of their declaration.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        .. typeof(ServerOptions).GetProperties()
            .Select(property => new Setting(property, property.GetCustomAttribute<DescriptionAttribute>()!.Description)),
    ];

    /// <summary>Finds a setting.</summary>
    /// <param name="property">The name of the property of <see cref="ServerOptions"/>.</param>
    public static Setting Of(string property) => All.First(setting => setting.Property.Name == property);

    /// <summary>Gathers the settings from the environment and the command line, the latter winning.</summary>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="commandLine">Values by option.</param>
    /// <returns>Values by configuration key.</returns>
    public static Dictionary<string, string?> Overrides(
        Func<string, string?> environment, IReadOnlyDictionary<string, string> commandLine)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var setting in All)
        {
            if ((commandLine.GetValueOrDefault(setting.Option) ?? environment(setting.Variable)) is { } value)
            {
                values[setting.Key] = value;
            }
        }

        return values;
    }

    /// <summary>Reads the settings, reporting every value that can't be used under all its names.</summary>
    /// <param name="configuration">The configuration that holds them.</param>
    /// <param name="faults">Receives one sentence for each fault.</param>
    public static ServerOptions Read(IConfiguration configuration, List<string> faults)
    {
        var options = new ServerOptions();
        faults.AddRange(configuration.GetSection(ServerOptions.SectionName).GetChildren()
            .Where(entry => !All.Any(setting => setting.Property.Name.Equals(entry.Key, StringComparison.OrdinalIgnoreCase)))
            .Select(DescribeUnknown));
        foreach (var setting in All)
        {
            if (configuration[setting.Key] is { } text)
            {
                try
                {
                    setting.Property.SetValue(options, Convert(text, setting.Property.PropertyType));
                }
                catch (FormatException fault)
                {
                    faults.Add(Describe(setting, fault.Message));
                }
            }
        }

        foreach (var setting in All)
        {
            var value = setting.Property.GetValue(options);
            faults.AddRange(setting.Property.GetCustomAttributes<ValidationAttribute>()
                .Where(rule => !rule.IsValid(value))
                .Select(rule => Describe(setting, rule is RangeAttribute range
                    ? $"must be {SettingText.Range(range)}, not {SettingText.Value(value)}"
                    : rule.ErrorMessage ?? "is empty")));
        }

        faults.AddRange(options.Contradictions().Select(found => Describe(Of(found.Property), found.Fault)));
        return options;
    }

    private static string Describe(Setting setting, string fault) =>
        $"{setting.Names} {fault}.";

    private static string DescribeUnknown(IConfigurationSection entry)
    {
        var nearest = NearestName.Find(entry.Key, [.. All.Select(setting => setting.Property.Name)]);
        var advice = nearest is null ? "remove it" : $"did you mean {ServerOptions.SectionName}:{nearest}?";
        return $"{entry.Path} is not a setting; {advice}{(nearest is null ? "." : string.Empty)}";
    }

    private static object Convert(string text, Type type)
    {
        if (type == typeof(string))
        {
            return text;
        }

        if (type == typeof(bool))
        {
            return bool.TryParse(text, out var flag) ? flag : throw new FormatException($"must be true or false, not '{text}'");
        }

        if (type == typeof(int))
        {
            return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw new FormatException($"must be a whole number, not '{text}'");
        }

        if (type == typeof(TimeSpan))
        {
            return Duration(text) ?? throw new FormatException($"must be a duration such as 500ms, 15s or 2m, not '{text}'");
        }

        return Enum.TryParse(type, text, ignoreCase: true, out var choice) && !int.TryParse(text, out _)
            ? choice
            : throw new FormatException($"must be one of {string.Join(", ", Enum.GetNames(type))}, not '{text}'");
    }

    private static TimeSpan? Duration(string text)
    {
        if (DurationPattern().Match(text.Trim()) is { Success: true } match)
        {
            // Nine digits of hours are more than a TimeSpan holds; nothing is that long here.
            var amount = double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
            return match.Groups[2].Value switch
            {
                "ms" => TimeSpan.FromMilliseconds(amount),
                "s" => TimeSpan.FromSeconds(amount),
                "m" => TimeSpan.FromMinutes(amount),
                _ => TimeSpan.FromHours(Math.Min(amount, 1_000_000)),
            };
        }

        return text.Contains(':', StringComparison.Ordinal)
            && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span)
            ? span
            : null;
    }

    [GeneratedRegex(@"^(\d{1,9}(?:\.\d{1,6})?)(ms|s|m|h)$")]
    private static partial Regex DurationPattern();
}
