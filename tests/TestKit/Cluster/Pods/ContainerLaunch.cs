using System.Text.Json.Nodes;
using XdsCanary.TestKit.Processes;

namespace XdsCanary.TestKit.Cluster.Pods;

/// <summary>How a container, or a command in it, is run as a local process: the leader of a process group.</summary>
internal sealed class ContainerLaunch
{
    private readonly string _name;
    private readonly ImageProgram _program;
    private readonly ContainerMounts _mounts;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly string[] _command;

    private ContainerLaunch(
        PodContext context, JsonObject container, ImageProgram program, ContainerMounts mounts, Dictionary<string, string> environment)
    {
        _name = $"{context.Namespace}/{context.Name}/{container.Text("name")}";
        _program = program;
        _mounts = mounts;
        _environment = environment;
        string Fill(string text) => context.Fill(text, container, program.DefaultPort);
        string Own(string text) => mounts.Map(PodEnvironment.Expand(text, environment));

        var given = container.Texts("command").Select(Own).ToArray();
        var arguments = container.Texts("args").Select(Own).ToArray();
        var path = given.Length == 0 ? program.Path : Resolve(given[0]);
        string[] rest = given.Length == 0 && arguments.Length == 0
            ? [.. program.DefaultArguments.Select(Fill)]
            : [.. given.Skip(1), .. arguments];
        _command = path == program.Path ? [path, .. rest, .. program.AlwaysArguments.Select(Fill)] : [path, .. rest];
    }

    /// <summary>Reads what a container needs to start.</summary>
    /// <exception cref="ConfigMissingException">Something that it refers to is not there.</exception>
    public static async Task<ContainerLaunch> PrepareAsync(
        PodContext context, JsonObject container, ImageProgram program, CancellationToken cancellationToken)
    {
        var volumes = await PodVolumes.MakeAsync(context, cancellationToken);
        var mounts = new ContainerMounts(context, container, volumes);
        var own = await PodEnvironment.ReadAsync(context, container, cancellationToken);
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["HOSTNAME"] = context.Name,
            ["POD_ROOT"] = context.Folder,
            [NodeAgent.PodVariable] = $"{context.Namespace}/{context.Name}",
        };
        if (context.ServiceAccount is not null)
        {
            environment["KUBERNETES_SERVICE_HOST"] = "10.96.0.1";
            environment["KUBERNETES_SERVICE_PORT"] = "443";
        }

        foreach (var (key, value) in program.Environment)
        {
            environment[key] = context.Fill(value, container, program.DefaultPort);
        }

        foreach (var (key, value) in own)
        {
            environment[key] = mounts.Map(value);
        }

        return new ContainerLaunch(context, container, program, mounts, environment);
    }

    /// <summary>Starts the container.</summary>
    public ChildProcess Start() => Start(_name, _command);

    /// <summary>Starts a command in the container, as probes and hooks do.</summary>
    public ChildProcess Start(IEnumerable<string> command)
    {
        string[] given = [.. command.Select(_mounts.Map)];
        return Start($"{_name} ({given[0]})", [Resolve(given[0]), .. given.Skip(1)]);
    }

    private ChildProcess Start(string name, IEnumerable<string> command) =>
        ChildProcess.Start(name, Tool.Find("setsid"), _mounts.Wrap(command), _environment);

    // The image's own program by its name, whatever path it has in the image; others are the machine's.
    private string Resolve(string command)
    {
        var name = Path.GetFileName(command);
        if (name == Path.GetFileName(_program.Path) || _program.Names.Contains(name))
        {
            return _program.Path;
        }

        return Path.IsPathRooted(command) && File.Exists(command)
            ? command
            : Tool.TryFind(name) ?? throw new FileNotFoundException($"exec: \"{command}\": executable file not found in $PATH");
    }
}
