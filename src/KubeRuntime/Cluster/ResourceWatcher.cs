using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using XdsCanary.KubeRuntime.Api;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.KubeRuntime.Cluster;

/// <summary>
/// Follows one kind of objects: lists them, then watches for changes, for ever. What went wrong is said once when it begins and
/// once when it is over.
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
    private const int PageSize = 500;

    private static readonly TimeSpan ShortestWatch = TimeSpan.FromMinutes(5);

    // Bookmarks come about once a minute: silence for longer means that nobody is there any more.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(150);

    private string? _trouble;

    /// <summary>Follows until cancelled.</summary>
    /// <param name="cancellationToken">Ends it with <see cref="OperationCanceledException"/>.</param>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var cursor = new WatchCursor();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            cursor = await StepAsync(cursor, cancellationToken);
            var pause = cursor.Pause(random.NextDouble());
            if (pause > TimeSpan.Zero)
            {
                await Task.Delay(pause, time, cancellationToken);
            }
        }
    }

    private async Task<WatchCursor> StepAsync(WatchCursor cursor, CancellationToken cancellationToken)
    {
        try
        {
            return cursor.Next switch
            {
                WatchStep.Discover => await DiscoverAsync(cursor, cancellationToken),
                WatchStep.List => await ListAsync(cursor, cancellationToken),
                _ => await WatchAsync(cursor, cancellationToken),
            };
        }
        catch (KubeException exception) when (exception.Fault == KubeFault.Gone)
        {
            return cursor.Gone();
        }
        catch (KubeException exception) when (exception.Fault == KubeFault.NotFound)
        {
            return NotServed(cursor);
        }
        catch (KubeException exception)
        {
            Report(exception);
            return cursor.Failed();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            logger.WatchBroken(exception, kind.Plural);
            return cursor.Gone();
        }
    }

    private async Task<WatchCursor> DiscoverAsync(WatchCursor cursor, CancellationToken cancellationToken)
    {
        var version = kind.HasChoice ? await ServedVersions.FindAsync(client, kind, cancellationToken) : kind.Versions[0];
        return version is null ? NotServed(cursor) : cursor.Discovered(version);
    }

    private WatchCursor NotServed(WatchCursor cursor)
    {
        Report($"{kind.Plural}{(kind.Group.Length > 0 ? $".{kind.Group}" : string.Empty)} are not served: is the definition installed?");
        sink.NotServed(kind);
        return cursor.NotServed();
    }

    private async Task<WatchCursor> ListAsync(WatchCursor cursor, CancellationToken cancellationToken)
    {
        var resource = kind.In(cursor.ApiVersion);
        var readings = ImmutableArray.CreateBuilder<ObjectReading>();
        var (more, version) = (string.Empty, string.Empty);
        do
        {
            var path = $"{resource.PathOfAll(space)}?limit={PageSize}{Selector}{Query("continue", more)}";
            using var page = await client.GetAsync(path, cancellationToken);
            var metadata = page.RootElement.GetProperty("metadata");
            version = metadata.GetProperty("resourceVersion").GetString() ?? string.Empty;
            more = metadata.TryGetProperty("continue", out var token) ? token.GetString() ?? string.Empty : string.Empty;
            readings.AddRange(Items(page.RootElement).Select(item => ApiObjects.Read(item, resource)));
        }
        while (more.Length > 0);

        sink.Replace(kind, cursor.ApiVersion, readings.ToImmutable(), ApiObjects.VersionOf(version));
        WellAgain();
        return cursor.Listed(version);
    }

    private async Task<WatchCursor> WatchAsync(WatchCursor cursor, CancellationToken cancellationToken)
    {
        var resource = kind.In(cursor.ApiVersion);
        var length = ShortestWatch * (1 + random.NextDouble());
        var path = $"{resource.PathOfAll(space)}?watch=true&allowWatchBookmarks=true{Query("resourceVersion", cursor.ResourceVersion)}"
            + $"&timeoutSeconds={(int)length.TotalSeconds}{Selector}";
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var watchdog = time.CreateTimer(
            static state => ((CancellationTokenSource)state!).Cancel(), silence, LongestSilence, Timeout.InfiniteTimeSpan);
        try
        {
            using var response = await client.OpenAsync(path, silence.Token);
            WellAgain();
            using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(silence.Token));
            while (await lines.ReadLineAsync(silence.Token) is { } line)
            {
                watchdog.Change(LongestSilence, Timeout.InfiniteTimeSpan);
                cursor = Take(cursor, line, resource);
            }

            return cursor.Ended();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return cursor.Failed();
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            // A connection that breaks is nothing to tell: what it means shows when the watch is resumed.
            return cursor.Ended();
        }
        catch (Exception exception) when (exception is JsonException)
        {
            logger.WatchBroken(exception, kind.Plural);
            return cursor.Gone();
        }
    }

    private WatchCursor Take(WatchCursor cursor, string line, ApiResource resource)
    {
        using var document = JsonDocument.Parse(line);
        var type = document.RootElement.GetProperty("type").GetString();
        var item = document.RootElement.GetProperty("object");
        if (type == "ERROR")
        {
            var code = item.TryGetProperty("code", out var number) ? number.GetInt32() : 500;
            throw KubeException.Of($"WATCH {resource.Plural}", (System.Net.HttpStatusCode)code, item.GetRawText());
        }

        switch (type)
        {
            case "ADDED" or "MODIFIED":
                sink.Put(ApiObjects.Read(item, resource));
                break;
            case "DELETED":
                sink.Remove(ApiObjects.Read(item, resource));
                break;
        }

        return item.GetProperty("metadata").GetProperty("resourceVersion").GetString() is { Length: > 0 } version
            ? cursor.Seen(version)
            : cursor;
    }

    private string Selector => Query("fieldSelector", kind.FieldSelector) + Query("labelSelector", kind.LabelSelector);

    private static string Query(string name, string value) =>
        value.Length == 0 ? string.Empty : $"&{name}={Uri.EscapeDataString(value)}";

    private static JsonElement.ArrayEnumerator Items(JsonElement list) =>
        list.TryGetProperty("items", out var items) && items.ValueKind == JsonValueKind.Array ? items.EnumerateArray() : default;

    private void Report(KubeException exception)
    {
        if (exception.Fault == KubeFault.Forbidden)
        {
            var scope = space.Length == 0 ? "in all namespaces" : $"in namespace {space}";
            Report($"{exception.Message}. Grant get, list and watch of {kind.Plural} {scope}");
        }
        else
        {
            Report(exception.Message);
        }
    }

    private void Report(string trouble)
    {
        if (_trouble is null)
        {
            logger.WatchTroubled(kind.Plural, trouble);
        }

        _trouble = trouble;
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
