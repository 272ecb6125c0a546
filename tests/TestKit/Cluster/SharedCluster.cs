namespace XdsCanary.TestKit.Cluster;

/// <summary>
/// A cluster that the tests of a class share, as its fixture: started by the first that asks, with a namespace for each. For tests
/// that neither break the cluster nor count what is in it.
/// </summary>
public sealed class SharedCluster : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private TestCluster? _cluster;

    /// <summary>The cluster, and a namespace that nobody else uses.</summary>
    public async Task<(TestCluster Cluster, string Place)> GetAsync()
    {
        // Not in the constructor: where programs are missing, it is the test that must be skipped.
        await _gate.WaitAsync();
        try
        {
            _cluster ??= await TestCluster.StartAsync();
        }
        finally
        {
            _gate.Release();
        }

        return (_cluster, await _cluster.NewNamespaceAsync());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        _gate.Dispose();
    }
}
