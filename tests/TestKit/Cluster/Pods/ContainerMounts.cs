using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace XdsCanary.TestKit.Cluster.Pods;

/// <summary>
/// A container's view of the world: the pod's network, its name as the host's, and its volumes. A path that is there, or can be made in here for nobody else to see (below /etc and
/// /run), is mounted for the container alone. Any other path is replaced by the volume's folder wherever the container's
/// arguments and variables name it.
/// </summary>
internal sealed class ContainerMounts
{
    private const string AccountPath = "/var/run/secrets/kubernetes.io/serviceaccount";

    private const string Script =
        """
        set -e
        echo "$1" >/proc/sys/kernel/hostname
        shift
        while [ "$1" != -- ]; do
          if [ -d "$1" ]; then mkdir -p "$2"; elif [ ! -e "$2" ]; then mkdir -p "$(dirname "$2")"; : >"$2"; fi
          mount --rbind "$1" "$2"
          shift 2
        done
        shift
        exec "$@"
        """;

    private readonly string _hostName;
    private readonly PodNetwork _network;
    private readonly List<(string Source, string Target)> _mounted = [];
    private readonly List<(Regex Target, string Source)> _replaced = [];

    public ContainerMounts(PodContext context, JsonObject container, IReadOnlyDictionary<string, string> volumes)
    {
        _network = context.Network;
        _hostName = context.Pod.Text("spec", "hostname") ?? context.Name;
        foreach (var mount in container.Items("volumeMounts"))
        {
            if (volumes.TryGetValue(mount.Text("name") ?? string.Empty, out var folder))
            {
                var subPath = mount.Text("subPath") ?? string.Empty;
                var source = Path.Combine(folder, subPath);
                if (!Path.Exists(source))
                {
                    Directory.CreateDirectory(source);
                }

                Add(source, mount.Text("mountPath")!.TrimEnd('/'));
            }
        }

        if (context.ServiceAccount is not null)
        {
            Add(volumes[PodVolumes.AccountVolume], AccountPath);
        }
    }

    /// <summary>Replaces the paths that could not be mounted.</summary>
    public string Map(string text) => _replaced.Aggregate(text, (current, path) => path.Target.Replace(current, path.Source.Replace("$", "$$")));

    /// <summary>Puts what makes the container's view before a command; the process id is the command's in the end.</summary>
    public IEnumerable<string> Wrap(IEnumerable<string> command) =>
    [
        .. _network.Enter, Tool.Find("unshare"), "--mount", "--uts", "--", "/bin/sh", "-c", Script, "container", _hostName,
        .. _mounted.SelectMany(mount => new[] { mount.Source, mount.Target }), "--", .. command,
    ];

    private void Add(string source, string target)
    {
        if (CanMount(target))
        {
            _mounted.Add((source, target));
        }
        else
        {
            _replaced.Add((new Regex($@"(?<![\w./-]){Regex.Escape(target)}(?=$|[/:,;\s""'])"), source));
        }
    }

    private static bool CanMount(string target)
    {
        if (Path.Exists(target))
        {
            return true;
        }

        var parts = target.Replace("/var/run/", "/run/", StringComparison.Ordinal).Split('/');
        if (parts.Length < 3 || parts[1] is not ("etc" or "run"))
        {
            return false;
        }

        // An entry that was there before is a link to the machine's own, in which nothing may be made.
        return new FileInfo($"/{parts[1]}/{parts[2]}").LinkTarget is null;
    }
}
