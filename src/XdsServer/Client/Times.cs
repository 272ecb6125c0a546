using System.Globalization;

namespace XdsCanary.XdsServer.Client;

/// <summary>Writes times as kubectl does. Pure.</summary>
internal static class Times
{
    /// <summary>Writes a time, to the second.</summary>
    /// <param name="time">The time.</param>
    public static string Write(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
