namespace XdsCanary.KubeRuntime.Objects;

/// <summary>Waits for object sources.</summary>
public static class ObjectSourceWaits
{
    /// <summary>Waits until a source has read everything that existed at the start.</summary>
    /// <param name="source">The source.</param>
    /// <param name="cancellationToken">Ends the wait with <see cref="OperationCanceledException"/>.</param>
    public static async Task WhenSyncedAsync(this IObjectSource source, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        while (true)
        {
            var seen = source.Changed.Version;
            if (source.HasSynced)
            {
                return;
            }

            await source.Changed.WaitAsync(seen, cancellationToken);
        }
    }
}
