namespace XdsCanary.TestKit.Cluster;

/// <summary>
/// The local program that stands for a container image. Texts may hold <c>{podIP}</c>, <c>{podName}</c>, <c>{namespace}</c>,
/// <c>{podRoot}</c> (the folder that holds the pod's volumes), <c>{port}</c> (the container port named http, or the first) and
/// <c>{port:NAME}</c>.
/// </summary>
/// <param name="Path">The program's path.</param>
public sealed record ImageProgram(string Path)
{
    /// <summary>Its arguments when the container has neither command nor args.</summary>
    public IReadOnlyList<string> DefaultArguments { get; init; } = [];

    /// <summary>Arguments that it always gets, after those of the container: for example to listen on the pod's address only.</summary>
    public IReadOnlyList<string> AlwaysArguments { get; init; } = [];

    /// <summary>Names by which a container's command may call the program, besides its file name.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>The container port that <c>{port}</c> means when the container names none.</summary>
    public int DefaultPort { get; init; } = 8080;

    /// <summary>Environment variables that it always gets.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>podinfo, the real one, listening on its pod's address even where pods have no networks of their own.</summary>
    public static ImageProgram Podinfo() => new(Tool.Find("podinfo"))
    {
        DefaultPort = 9898,
        DefaultArguments = ["--port={port}"],
        AlwaysArguments = ["--host={podIP}"],
    };
}
