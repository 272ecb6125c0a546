using System.Globalization;

namespace XdsCanary.TestKit.Server;

/// <summary>How a test runs the product. The one place in the tests that knows the spelling of its command line.</summary>
public sealed record ServerOptions
{
    /// <summary>The folder of manifests it serves; null to serve a cluster.</summary>
    public required string? Manifests { get; init; }

    /// <summary>Further arguments, for example <c>["--log-level", "Debug"]</c>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Further environment variables.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Where it tells Envoys to take requests; null for a free port. Replicas must agree on it.</summary>
    public int? ListenerPort { get; init; }

    // Null when the arguments name none; the one that the server makes then is needed to steer canaries only.
    internal string? AdminToken => Arguments.SkipWhile(argument => argument != "--admin-token").ElementAtOrDefault(1);

    internal IReadOnlyList<string> WriteArguments(ServerPorts ports) =>
    [
        "serve",
        .. Manifests is null ? ["--kubernetes"] : (string[])["--manifests", Manifests],
        "--xds-port", Text(ports.Xds),
        "--admin-port", Text(ports.Admin),
        "--listener-port", Text(ports.Listener),
        .. Arguments,
    ];

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The ports of one server.</summary>
/// <param name="Xds">Where it serves xDS.</param>
/// <param name="Admin">Where its admin interface is.</param>
/// <param name="Listener">Where it tells Envoys to take requests.</param>
public sealed record ServerPorts(int Xds, int Admin, int Listener);
