using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using XdsCanary.KubeRuntime.Api;

namespace XdsCanary.KubeRuntime.Cluster;

/// <summary>
/// Follows one kind of objects: lists them, then watches for changes, for ever. What went wrong is said once when it begins, again
/// when it becomes something else, and once when it is over.
/// </summary>
/// <param name="client">The API server.</param>
/// <param name="kind">The kind.</param>
/// <param name="space">The namespace; empty for all.</param>
/// <param name="sink">Receives what is seen.</param>
/// <param name="random">Spreads pauses. Used by this watcher only.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed class ResourceWatcher(
    KubeClient client, WatchedKind kind, string space, IWatchSink sink, Random random, TimeProvider time, ILogger logger)
{
    // A version that is gone once is the protocol; one after another is something to be told of.
    private const int ManyRestarts = 3;

    private static readonly TimeSpan ShortestWatch = TimeSpan.FromMinutes(5);

    // Bookmarks come about once a minute: silence for longer means that nobody is there any more.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(150);

    private WatchCursor _cursor = new();
    private KubeFault? _trouble;

    /// <summary>Follows until cancelled.</summary>
    /// <param name="cancellationToken">Ends it with <see cref="OperationCanceledException"/>.</param>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var seen = client.Returned.Version;
            _cursor = await StepAsync(cancellationToken);
            if (_cursor.Failures > 0 && await HasReturnedAsync(seen, cancellationToken))
            {
                _cursor = _cursor.Returned();
            }

            if (_cursor.Failures == 0)
            {
                await Task.Delay(_cursor.Pause(random.NextDouble()), time, cancellationToken);
            }
        }
    }

    // Pauses until the next attempt. A kind that is still paused for while others are followed again would show a state that never
    // was, such as endpoints of a Deployment that has other pods by now: the first answer to any call ends the pauses of all.
    private async Task<bool> HasReturnedAsync(long seen, CancellationToken cancellationToken)
    {
        try
        {
            await client.Returned.WaitAsync(seen, CancellationToken.None)
                .WaitAsync(_cursor.Pause(random.NextDouble()), time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task<WatchCursor> StepAsync(CancellationToken cancellationToken)
    {
        try
        {
            return _cursor.Next switch
            {
                WatchStep.Discover => await DiscoverAsync(cancellationToken),
                WatchStep.List => await ListAsync(cancellationToken),
                _ => await WatchAsync(cancellationToken),
            };
        }
        catch (KubeException exception) when (exception.Fault == KubeFault.Gone)
        {
            return Gone(exception);
        }
        catch (KubeException exception) when (exception.Fault == KubeFault.NotFound && !kind.HasChoice)
        {
            return NotServed();
        }
        catch (KubeException exception)
        {
            // A version that is not found may have been replaced by another: that is looked for before anything is given up.
            Report(exception);
            return _cursor.Failed(exception.IsAnswer);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            logger.WatchBroken(exception, kind.Plural);
            return _cursor.Gone();
        }
    }

    private async Task<WatchCursor> DiscoverAsync(CancellationToken cancellationToken)
    {
        var version = kind.HasChoice ? await ServedVersions.FindAsync(client, kind, cancellationToken) : kind.Versions[0];
        return version is null ? NotServed() : _cursor.Discovered(version);
    }

    private async Task<WatchCursor> ListAsync(CancellationToken cancellationToken)
    {
        var list = await ObjectList.ReadAsync(client, kind, _cursor.ApiVersion, space, cancellationToken);
        sink.Replace(kind, _cursor.ApiVersion, list.Readings, ApiObjects.VersionOf(list.Version));
        WellAgain();
        return _cursor.Listed(list.Version);
    }

    private async Task<WatchCursor> WatchAsync(CancellationToken cancellationToken)
    {
        var resource = kind.In(_cursor.ApiVersion);
        var length = ShortestWatch * (1 + random.NextDouble());
        var path = $"{resource.PathOfAll(space)}?watch=true&allowWatchBookmarks=true"
            + $"{WatchedKind.Query("resourceVersion", _cursor.ResourceVersion)}&timeoutSeconds={(int)length.TotalSeconds}{kind.Selector}";
        using var response = await client.OpenAsync(path, cancellationToken);
        _cursor = _cursor.Opened();
        WellAgain();
        var opened = time.GetTimestamp();
        var next = await FollowAsync(response, resource, cancellationToken);
        _cursor = _cursor.Lasted(time.GetElapsedTime(opened));
        return next(_cursor);
    }

    // Answers how to go on once it is known for how long the watch was open.
    private async Task<Func<WatchCursor, WatchCursor>> FollowAsync(
        HttpResponseMessage response, ApiResource resource, CancellationToken cancellationToken)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var watchdog = time.CreateTimer(
            static state => ((CancellationTokenSource)state!).Cancel(), silence, LongestSilence, Timeout.InfiniteTimeSpan);
        try
        {
            using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(silence.Token));
            await TakeAllAsync(lines, resource, watchdog, silence.Token);
            return cursor => cursor.Next == WatchStep.Watch ? cursor.Ended() : cursor;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // What a server does not tell that was set back to an older state is never told: only a list finds out.
            return cursor => cursor.Gone();
        }
        catch (KubeException exception) when (exception.Fault == KubeFault.Gone)
        {
            return _ => Gone(exception);
        }
        catch (KubeException exception)
        {
            Report(exception);
            return cursor => cursor.Ended();
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            // A connection that breaks is nothing to tell: what it means shows when the watch is resumed.
            return cursor => cursor.Ended();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            logger.WatchBroken(exception, kind.Plural);
            return cursor => cursor.Gone();
        }
    }

    private async Task TakeAllAsync(StreamReader lines, ApiResource resource, ITimer watchdog, CancellationToken cancellationToken)
    {
        while (_cursor.Next == WatchStep.Watch && await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            watchdog.Change(LongestSilence, Timeout.InfiniteTimeSpan);
            try
            {
                Take(line, resource);
            }
            catch (JsonException)
            {
                if (await lines.ReadLineAsync(cancellationToken) is null)
                {
                    // The connection was cut in the middle of the line. The watch is resumed from the line before it.
                    return;
                }

                throw;
            }
        }
    }

    private void Take(string line, ApiResource resource)
    {
        using var document = JsonDocument.Parse(line, KubeJson.Options);
        var type = document.RootElement.TextOf("type");
        var item = document.RootElement.GetProperty("object");
        if (type == "ERROR")
        {
            var code = item.TryGetProperty("code", out var number) && number.TryGetInt32(out var known) ? known : 500;
            throw KubeException.Of($"WATCH {resource.Plural}", (HttpStatusCode)code, item.GetRawText());
        }

        var version = item.TryGetObject("metadata", out var metadata) ? metadata.TextOf("resourceVersion") ?? string.Empty : string.Empty;
        var next = version.Length > 0 ? _cursor.Seen(version) : _cursor;
        if (next.Next == WatchStep.Watch)
        {
            Tell(type, item, resource, ApiObjects.VersionOf(version));
        }

        _cursor = next;
    }

    private void Tell(string? type, JsonElement item, ApiResource resource, ulong version)
    {
        switch (type)
        {
            case "ADDED" or "MODIFIED":
                sink.Put(kind, ApiObjects.Read(item, resource), version);
                break;
            case "DELETED":
                sink.Remove(kind, ApiObjects.Read(item, resource), version);
                break;
            case "BOOKMARK":
                sink.Passed(kind, version);
                break;
        }
    }

    private WatchCursor Gone(KubeException exception)
    {
        if (_cursor.Restarts >= ManyRestarts)
        {
            Report(exception);
        }

        return _cursor.Gone();
    }

    private WatchCursor NotServed()
    {
        Report(
            KubeFault.NotFound,
            $"{kind.Plural}{(kind.Group.Length > 0 ? $".{kind.Group}" : string.Empty)} are not served: is the definition installed?");
        var next = _cursor.NotServed();
        if (!next.IsKnown)
        {
            sink.NotServed(kind);
        }

        return next;
    }

    private void Report(KubeException exception)
    {
        var scope = space.Length == 0 ? "in all namespaces" : $"in namespace {space}";
        Report(exception.Fault, exception.Fault == KubeFault.Forbidden
            ? $"{exception.Message}. Grant get, list and watch of {kind.Plural} {scope}"
            : exception.Message);
    }

    private void Report(KubeFault fault, string trouble)
    {
        if (_trouble != fault)
        {
            logger.WatchTroubled(kind.Plural, trouble);
        }

        _trouble = fault;
    }

    private void WellAgain()
    {
        if (_trouble is not null)
        {
            logger.WatchResumed(kind.Plural);
            _trouble = null;
        }
    }
}
