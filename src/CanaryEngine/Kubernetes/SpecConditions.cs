using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Kubernetes.Objects;
using XdsCanary.KubeRuntime.Api;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Kubernetes;

/// <summary>
/// Says on Canary objects what is wrong with them, by the condition <c>Accepted</c> (H-31): false while there are faults, and gone when
/// there are none any more. Thread-safe.
/// </summary>
/// <param name="writes">Writes statuses.</param>
/// <param name="time">The clock.</param>
internal sealed class SpecConditions(StatusWrites writes, TimeProvider time)
{
    private readonly ConcurrentDictionary<NamespacedName, Wanted> _wanted = new();

    /// <summary>Hands over what is wrong with a canary; it is written when this replica may write.</summary>
    /// <param name="key">The canary.</param>
    /// <param name="problems">Its faults; none for one that is valid.</param>
    public void Set(NamespacedName key, ImmutableArray<ObjectProblem> problems) => _wanted[key] = new Wanted(problems, string.Empty);

    /// <summary>Writes what waits to be written.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        foreach (var (key, wanted) in _wanted)
        {
            var uid = string.Empty;
            try
            {
                // Looked at again and again: a status that was read before and written after would bring an old condition back.
                if (!await writes.ChangeAsync(key, canary => Next(canary, uid = ObjectJson.Metadata(canary, "uid")), cancellationToken))
                {
                    _wanted.TryRemove(KeyValuePair.Create(key, wanted));
                }
            }
            catch (KubeException exception) when (exception.Fault == KubeFault.Unavailable)
            {
                // Tried again.
            }
            catch (KubeException)
            {
                // Another object has the name by now, which is told the same as soon as it is seen; or the stored form is one that the
                // API server takes no status for: the event and the log have said it.
                _wanted.TryUpdate(key, wanted with { RefusedBy = uid }, wanted);
            }

            JsonObject? Next(SourceObject canary, string which) => which == wanted.RefusedBy ? null : With(canary, wanted.Problems);
        }
    }

    // Null when it is said already.
    private JsonObject? With(SourceObject canary, ImmutableArray<ObjectProblem> problems)
    {
        var status = ObjectJson.Part(canary, "status") ?? [];
        var known = status.ItemsAt("conditions").FirstOrDefault(IsOurs);
        var wanted = CanaryConditions.Accepted(problems);
        if (known?.TextAt("message") == wanted?.Message)
        {
            return null;
        }

        var others = status.ItemsAt("conditions").Where(item => !IsOurs(item)).Select(item => item.Copy());
        status["conditions"] = new JsonArray([.. others, .. wanted is null ? [] : new[] { Json(wanted) }]);
        return status;
    }

    private static bool IsOurs(JsonObject condition) => condition.TextAt("type") == nameof(CanaryConditions.Accepted);

    private JsonObject Json(CanaryCondition condition)
    {
        var now = time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        return new JsonObject
        {
            ["type"] = condition.Type,
            ["status"] = condition.Status,
            ["reason"] = condition.Reason,
            ["message"] = condition.Message,
            ["lastUpdateTime"] = now,
            ["lastTransitionTime"] = now,
        };
    }

    // RefusedBy: the uid of the object that the API server took no status for; empty while there is none.
    private sealed record Wanted(ImmutableArray<ObjectProblem> Problems, string RefusedBy);
}
