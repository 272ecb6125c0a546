using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace XdsCanary.XdsServer.Hosting;

/// <summary>Writes settings for people, in the form in which they are read: for help, messages and the manual. Pure.</summary>
internal static class SettingText
{
    /// <summary>What kind of value a setting takes.</summary>
    /// <param name="type">The type of its property.</param>
    public static string Kind(Type type) =>
        type.IsEnum ? string.Join('|', Enum.GetNames(type))
        : type == typeof(bool) ? "true|false"
        : type == typeof(int) ? "NUMBER"
        : type == typeof(TimeSpan) ? "DURATION"
        : "TEXT";

    /// <summary>A setting's default; empty when it has none, or one that depends on the machine.</summary>
    /// <param name="setting">The setting.</param>
    public static string Default(Setting setting) => setting.Property.Name == nameof(ServerOptions.Identifier)
        ? string.Empty
        : Value(setting.Property.GetValue(new ServerOptions()));

    /// <summary>The values that a setting may have; null when the kind says it all.</summary>
    /// <param name="setting">The setting.</param>
    public static string? Range(Setting setting) =>
        setting.Property.GetCustomAttribute<RangeAttribute>() is { } range ? Range(range) : null;

    /// <summary>A range, for example <c>from 0 to 65535</c>.</summary>
    /// <param name="range">The range.</param>
    public static string Range(RangeAttribute range) => $"from {Bound(range.Minimum)} to {Bound(range.Maximum)}";

    /// <summary>A value, for example <c>15s</c>.</summary>
    /// <param name="value">The value of a setting.</param>
    public static string Value(object? value) => value switch
    {
        TimeSpan span => Duration(span),
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty,
    };

    private static string Duration(TimeSpan span)
    {
        (double Amount, string Unit)[] units =
            [(span.TotalHours, "h"), (span.TotalMinutes, "m"), (span.TotalSeconds, "s"), (span.TotalMilliseconds, "ms")];
        var (amount, unit) = Array.Find(units, candidate => candidate.Amount >= 1 && double.IsInteger(candidate.Amount));
        return unit is null ? $"{span.TotalSeconds.ToString(CultureInfo.InvariantCulture)}s" : $"{amount:0}{unit}";
    }

    // The attribute keeps the bounds of a duration as texts until it is first used.
    private static string Bound(object bound) =>
        Value(bound is string text ? TimeSpan.Parse(text, CultureInfo.InvariantCulture) : bound);
}
