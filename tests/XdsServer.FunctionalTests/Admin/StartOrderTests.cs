using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.TestKit.Manifests;
using XdsCanary.TestKit.Processes;
using XdsCanary.XdsServer.Hosting;

namespace XdsCanary.XdsServer.FunctionalTests.Admin;

public sealed class StartOrderTests
{
    [Fact]
    public async Task Ports_are_closed_until_the_objects_are_read()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var manifests = new ManifestFolder();
        var options = RunningServer.Options(manifests);
        (options.XdsPort, options.AdminPort) = (FreePort.Next(), FreePort.Next());
        var source = new SlowSource();
        await using var host = ServerHost.Build(
            options, services => services.AddSingleton<IObjectSource>(source), logging => logging.ClearProviders());
        using var admin = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{options.AdminPort}") };
        var start = host.StartAsync(cancellationToken);
        await source.Asked.WaitAsync(cancellationToken);

        await Assert.ThrowsAsync<HttpRequestException>(() => admin.GetAsync("/readyz", cancellationToken));
        Assert.False(start.IsCompleted);

        source.Sync();
        await start;
        Assert.Equal("ready\n", await admin.GetStringAsync("/readyz", cancellationToken));
    }

    [Fact]
    public async Task Start_can_be_given_up()
    {
        using var manifests = new ManifestFolder();
        var source = new SlowSource();
        using var giveUp = new CancellationTokenSource();
        await using var host = ServerHost.Build(
            RunningServer.Options(manifests),
            services => services.AddSingleton<IObjectSource>(source),
            logging => logging.ClearProviders());
        var start = host.StartAsync(giveUp.Token);
        await source.Asked.WaitAsync(TestContext.Current.CancellationToken);

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start);
    }

    /// <summary>A source that has read nothing until it is told to.</summary>
    private sealed class SlowSource : IObjectSource
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool _hasSynced;

        public Task Asked => _asked.Task;

        public ObjectSet Current => ObjectSet.Empty;

        public bool HasSynced
        {
            get
            {
                _asked.TrySetResult();
                return Volatile.Read(ref _hasSynced);
            }
        }

        public ChangeSignal Changed { get; } = new();

        public void Sync()
        {
            Volatile.Write(ref _hasSynced, true);
            Changed.Raise();
        }
    }
}
