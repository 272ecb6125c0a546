using System.Globalization;

namespace XdsCanary.Benchmarks;

/// <summary>The size of the fan-out benchmark.</summary>
/// <param name="Streams">Streams, each on a connection of its own.</param>
/// <param name="Clusters">Services, each with one cluster.</param>
/// <param name="Pushes">Changes that are measured for each load shape.</param>
internal sealed record FanoutSettings(int Streams, int Clusters, int Pushes)
{
    /// <summary>Changes before the measured ones, for the JIT.</summary>
    public const int Warmup = 5;

    public static FanoutSettings Parse(string[] arguments)
    {
        int At(int index, int fallback) =>
            index < arguments.Length ? int.Parse(arguments[index], CultureInfo.InvariantCulture) : fallback;
        return new FanoutSettings(At(0, 1000), At(1, 100), At(2, 20));
    }

    /// <summary>The name of a service.</summary>
    public static string Service(int index) => string.Create(CultureInfo.InvariantCulture, $"svc-{index:000}");

    /// <summary>The name of its cluster.</summary>
    public static string Cluster(int index) => $"default/{Service(index)}:80";
}
