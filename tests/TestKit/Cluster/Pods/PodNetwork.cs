using XdsCanary.TestKit.Processes;

namespace XdsCanary.TestKit.Cluster.Pods;

/// <summary>
/// The network of a pod: an address, and ports that nobody else has. Where the kernel does not give pods networks of their own,
/// there is only the address, and programs must listen on it and no other.
/// </summary>
internal sealed class PodNetwork : IAsyncDisposable
{
    private const string Script =
        """
        set -e
        PATH="$PATH:/usr/sbin:/sbin"
        ip netns add "$1"
        ip link add "$1" type veth peer name eth0 netns "$1"
        ip link set "$1" master pods up
        ip -n "$1" link set lo up
        ip -n "$1" address add "$2/16" dev eth0
        ip -n "$1" link set eth0 up
        ip -n "$1" route add default via 10.244.0.1
        """;

    private const int MostTries = 3;

    private readonly string? _name;

    private PodNetwork(string address, string? name)
    {
        Address = address;
        _name = name;
    }

    /// <summary>The pod's IP address.</summary>
    public string Address { get; }

    /// <summary>What runs a command in it: put before the command.</summary>
    public IEnumerable<string> Enter => _name is null ? [] : [Tool.Find("nsenter"), $"--net=/run/netns/{_name}", "--"];

    /// <summary>Makes one.</summary>
    /// <param name="isHosts">If so, the pod lives in the node's network.</param>
    public static async Task<PodNetwork> MakeAsync(bool isHosts)
    {
        if (isHosts)
        {
            return new PodNetwork(NodeContext.NodeAddress, null);
        }

        for (var tries = 1; ; tries++)
        {
            var (number, address) = NodeContext.NextAddress();
            if (!PrivateNetwork.HasPodNetworks)
            {
                return new PodNetwork(address, null);
            }

            var name = $"pod{number}";
            var (code, text) = await RunAsync(Script, name, address);
            if (code == 0)
            {
                return new PodNetwork(address, name);
            }

            // As a kubelet does, which tries again; a pod without a network would be waited for by its test until that gives up.
            if (tries == MostTries)
            {
                throw new InvalidOperationException($"The pod's network could not be set up: {text}");
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // One that stays goes with the program's own network.
        if (_name is not null)
        {
            await RunAsync("""PATH="$PATH:/usr/sbin:/sbin" exec ip netns del "$1" """, _name);
        }
    }

    private static async Task<(int ExitCode, string Text)> RunAsync(string script, params string[] arguments)
    {
        await using var shell = ChildProcess.Start("pod network", "/bin/sh", ["-c", script, "network", .. arguments]);
        return (await shell.ExitedAsync(CancellationToken.None), shell.Log.Tail());
    }
}
