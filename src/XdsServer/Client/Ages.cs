using System.Globalization;

namespace XdsCanary.XdsServer.Client;

/// <summary>Writes ages as kubectl does: <c>85s</c>, <c>2m35s</c>, <c>12m</c>, <c>3h5m</c>, <c>2d</c>. Pure.</summary>
internal static class Ages
{
    /// <summary>Writes an age.</summary>
    /// <param name="age">The age; a negative one counts as none.</param>
    public static string Write(TimeSpan age)
    {
        var (seconds, minutes, hours) = ((long)Math.Max(0, age.TotalSeconds), (long)age.TotalMinutes, (long)age.TotalHours);
        return (seconds, minutes, hours) switch
        {
            ( < 120, _, _) => Join(seconds, 's', 0, 's'),
            (_, < 10, _) => Join(minutes, 'm', seconds % 60, 's'),
            (_, < 180, _) => Join(minutes, 'm', 0, 's'),
            (_, _, < 8) => Join(hours, 'h', minutes % 60, 'm'),
            (_, _, < 48) => Join(hours, 'h', 0, 'm'),
            (_, _, < 192) => Join(hours / 24, 'd', hours % 24, 'h'),
            _ => Join(hours / 24, 'd', 0, 'h'),
        };
    }

    private static string Join(long large, char largeUnit, long small, char smallUnit) => small == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{large}{largeUnit}")
        : string.Create(CultureInfo.InvariantCulture, $"{large}{largeUnit}{small}{smallUnit}");
}
