using XdsCanary.TestKit;
using XdsCanary.TestKit.Cluster;
using XdsCanary.TestKit.RealEnvoy;
using XdsCanary.TestKit.Traffic;

namespace XdsCanary.Kubernetes.Tests.Canaries;

/// <summary>A cluster with two replicas of the product and two Envoys, for disturbances.</summary>
internal sealed class ChaosCluster : IAsyncDisposable
{
    /// <summary>How many Envoys there are.</summary>
    public const int Envoys = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<EnvoyInstance> _envoys = [];
    private ReplicaPair? _pair;

    private ChaosCluster(TestCluster cluster) => Cluster = cluster;

    /// <summary>The cluster.</summary>
    public TestCluster Cluster { get; }

    /// <summary>The replicas.</summary>
    public ReplicaPair Pair => _pair!;

    /// <summary>Starts all of it, and waits until the Envoys are ready.</summary>
    public static async Task<ChaosCluster> StartAsync()
    {
        Tool.Find("envoy");
        var chaos = new ChaosCluster(await TestCluster.StartAsync());
        try
        {
            chaos._pair = await ReplicaPair.StartAsync(chaos.Cluster);
            for (var number = 0; number < Envoys; number++)
            {
                // Each of a namespace of its own, so that they are told of the canary's Services by different names.
                chaos._envoys.Add(await chaos._pair.EnvoyAsync(number, number == 0 ? "test" : "gateways", "*"));
                await chaos._envoys[number].BecomesReadyAsync();
            }
        }
        catch
        {
            await chaos.DisposeAsync();
            throw;
        }

        return chaos;
    }

    /// <summary>Starts load on a service.</summary>
    public ChaosLoad Load(string host) => ChaosLoad.Start(new TrafficOptions { Port = Pair.ListenerPort, Host = host });

    /// <summary>Waits until all Envoys route a service by the given weights, whichever replica they are connected to.</summary>
    public async Task LiveAsync(string service, params (string Backend, int Weight)[] weights) => await Eventually.BecomesAsync(
        async () =>
        {
            var seen = await Task.WhenAll(Pair.Replicas.Select(replica => replica.Admin.ConvergenceAsync(service)));
            return seen.Sum(state => state.Proxies) == Envoys && seen.All(state => state.Proxies == 0 || state.IsLiveAt(weights));
        },
        Patience,
        $"all Envoys route {service} by {string.Join(", ", weights)}");

    /// <summary>Does what a disturbance says.</summary>
    /// <param name="disturbance">What to do.</param>
    /// <param name="load">The load, which hears of killed Envoys.</param>
    /// <returns>What ends it.</returns>
    public async Task<Func<Task>> DisturbAsync(Disturbance disturbance, ChaosLoad load)
    {
        switch (disturbance.Kind)
        {
            case ChaosKind.ApiServer:
                await Cluster.ControlPlane.ApiServer.KillAsync();
                return Cluster.ControlPlane.ApiServer.StartAsync;
            case ChaosKind.Store:
                Cluster.ControlPlane.Etcd.Freeze();
                return Ends(Cluster.ControlPlane.Etcd.Thaw);
            case ChaosKind.Envoy:
                var envoy = _envoys[disturbance.Envoy];
                await load.KillAsync(envoy.Kill9Async);
                return envoy.RestartAsync;
            case ChaosKind.Node:
                Slow(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1));
                return Ends(() => Slow(TimeSpan.Zero, TimeSpan.Zero));
            case ChaosKind.Leader:
                var leader = await Pair.LeaderAsync();
                await Pair.KillAsync(leader);
                return Pair.Replicas[leader].LaunchAgainAsync;
            default:
                throw new ArgumentOutOfRangeException(nameof(disturbance), disturbance.Kind, "Nobody knows how to do that.");
        }
    }

    /// <summary>Waits until everything that was disturbed works again.</summary>
    public async Task RecoversAsync()
    {
        await Cluster.ControlPlane.ApiServerBecomesReadyAsync();
        foreach (var replica in Pair.Replicas)
        {
            await replica.BecomesReadyAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var envoy in _envoys)
        {
            await envoy.DisposeAsync();
        }

        await (_pair?.DisposeAsync() ?? ValueTask.CompletedTask);
        await Cluster.DisposeAsync();
    }

    private static Func<Task> Ends(Action end) => () =>
    {
        end();
        return Task.CompletedTask;
    };

    private void Slow(TimeSpan pods, TimeSpan status)
    {
        (Cluster.Node.StartDelay, Cluster.Node.StopDelay, Cluster.Node.StatusDelay) = (pods, pods, status);
    }
}
