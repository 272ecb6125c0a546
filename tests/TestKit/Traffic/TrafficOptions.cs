using System.Text;

namespace XdsCanary.TestKit.Traffic;

/// <summary>What load a test sends.</summary>
public sealed record TrafficOptions
{
    /// <summary>Where to: a port on the loopback address.</summary>
    public required int Port { get; init; }

    /// <summary>The Host header: the service asked for.</summary>
    public required string Host { get; init; }

    /// <summary>The path asked for.</summary>
    public string Path { get; init; } = "/";

    /// <summary>How many connections ask side by side.</summary>
    public int Connections { get; init; } = 4;

    /// <summary>How many requests a second, over all connections; null for as many as are answered.</summary>
    public double? RequestsPerSecond { get; init; }

    /// <summary>How long an answer may take; longer is a failure.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Further request headers.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    internal byte[] WriteRequest()
    {
        var text = new StringBuilder($"GET {Path} HTTP/1.1\r\nHost: {Host}\r\n");
        foreach (var (name, value) in Headers)
        {
            text.Append($"{name}: {value}\r\n");
        }

        return Encoding.ASCII.GetBytes(text.Append("\r\n").ToString());
    }
}
