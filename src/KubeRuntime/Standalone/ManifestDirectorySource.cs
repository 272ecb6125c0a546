using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.KubeRuntime.Standalone.Watching;

namespace XdsCanary.KubeRuntime.Standalone;

/// <summary>
/// The objects of a directory of manifests, kept up to date. <see cref="StartAsync"/> reads everything once and starts to watch;
/// <see cref="StopAsync"/> or <see cref="DisposeAsync"/> ends the watch, and <see cref="Current"/> stays what it was. May be
/// registered as a hosted service. Bad input never ends it: the last good version of an object stays, and the fault is among
/// <see cref="ObjectSet.Problems"/> and in the log.
/// </summary>
public sealed class ManifestDirectorySource : IObjectSource, IHostedService, IAsyncDisposable
{
    private readonly ManifestDirectoryOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<ManifestDirectorySource> _logger;
    private readonly CancellationTokenSource _stop = new();
    private ObjectSet _current = ObjectSet.Empty;
    private bool _hasSynced;
    private Task _loop = Task.CompletedTask;
    private bool _isStarted;

    /// <summary>Makes a source that knows nothing until it is started.</summary>
    /// <param name="options">Which directory, and how it is watched.</param>
    /// <param name="timeProvider">The clock for intervals.</param>
    /// <param name="logger">Hears of changes and faults.</param>
    /// <exception cref="ArgumentException">An interval is not above zero, or the directory's name is empty.</exception>
    public ManifestDirectorySource(
        ManifestDirectoryOptions options, TimeProvider timeProvider, ILogger<ManifestDirectorySource> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrWhiteSpace(options.Directory);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.PollInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.RescanInterval, TimeSpan.Zero);
        (_options, _timeProvider, _logger) = (options, timeProvider, logger);
    }

    /// <inheritdoc/>
    public ObjectSet Current => Volatile.Read(ref _current);

    /// <inheritdoc/>
    public bool HasSynced => Volatile.Read(ref _hasSynced);

    /// <inheritdoc/>
    public ChangeSignal Changed { get; } = new();

    /// <summary>Reads the whole directory and starts to watch it. Faults of files are no failure.</summary>
    /// <param name="cancellationToken">Not used after the directory is read.</param>
    /// <exception cref="DirectoryNotFoundException">The directory does not exist.</exception>
    /// <exception cref="InvalidOperationException">The source was started before.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(_options.Directory))
        {
            throw new DirectoryNotFoundException(
                $"The manifest directory '{Path.GetFullPath(_options.Directory)}' does not exist. "
                    + "Create it, or name the directory that holds the manifests.");
        }

        if (Interlocked.Exchange(ref _isStarted, true))
        {
            throw new InvalidOperationException("The manifest directory is watched already.");
        }

        var directory = new ManifestDirectory(
            _options, DirectoryWatches.Create(_options, _timeProvider, _logger), _timeProvider, _logger);
        try
        {
            var set = await Task.Run(directory.Look, cancellationToken);
            _logger.DirectoryRead(
                _options.Directory, directory.State.Files.Count, set.Objects.Count, set.Problems.Length, directory.WatchName);
            Publish(set);
        }
        catch
        {
            directory.Dispose();
            throw;
        }

        _loop = Task.Run(() => RunAsync(directory, _stop.Token), CancellationToken.None);
    }

    /// <summary>Ends the watch.</summary>
    /// <param name="cancellationToken">Ends the wait for the end.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _loop.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // The source of the token is not disposed: it has no timer, and a late StopAsync of the host may still use it.
        await StopAsync(CancellationToken.None);
    }

    private async Task RunAsync(ManifestDirectory directory, CancellationToken stop)
    {
        using (directory)
        {
            try
            {
                while (true)
                {
                    await directory.WaitAsync(stop);
                    await LookAsync(directory, stop);
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // Stopped.
            }
        }
    }

    private async Task LookAsync(ManifestDirectory directory, CancellationToken stop)
    {
        try
        {
            var set = directory.Look();
            if (!ReferenceEquals(set, _current))
            {
                _logger.ManifestsChanged(set.Revision, set.Objects.Count, set.Problems.Length);
                Publish(set);
            }
        }
        catch (Exception exception)
        {
            // Ours or the file system's fault: it must not end the watch for good.
            _logger.LookFailed(exception, _options.Directory);
            await Task.Delay(_options.PollInterval, _timeProvider, stop);
        }
    }

    private void Publish(ObjectSet set)
    {
        var before = _current;
        Volatile.Write(ref _current, set);
        Volatile.Write(ref _hasSynced, true);
        Changed.Raise();
        foreach (var problem in set.Problems.Except(before.Problems))
        {
            _logger.ManifestProblem(problem);
        }

        if (set.Problems.IsEmpty && !before.Problems.IsEmpty)
        {
            _logger.ManifestProblemsSolved();
        }
    }
}
