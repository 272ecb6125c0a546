using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.KubeRuntime.Api;

/// <summary>Authorizes a request before it is sent.</summary>
/// <param name="request">The request.</param>
/// <param name="cancellationToken">Ends it.</param>
public delegate Task Authorize(HttpRequestMessage request, CancellationToken cancellationToken);

/// <summary>
/// Calls the API server. Objects are JSON as it is on the wire, so that fields that this program does not know survive. Each call
/// but a watch has a time limit. Every failure is a <see cref="KubeException"/>, but for a cancellation by the caller. Thread-safe.
/// </summary>
/// <param name="http">Sends requests; with no limit of time of its own.</param>
/// <param name="root">The API server's address.</param>
/// <param name="authorize">Adds the credentials.</param>
/// <param name="time">The clock.</param>
public sealed class KubeClient(HttpClient http, Uri root, Authorize authorize, TimeProvider time)
{
    /// <summary>The name under which fields are owned (server-side apply).</summary>
    public const string FieldManager = "xds-canary";

    private const string Json = "application/json";
    private const string ApplyPatch = "application/apply-patch+yaml";
    private const string MergePatch = "application/merge-patch+json";
    private const string JsonPatch = "application/json-patch+json";

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    // Gateways to several clusters have one path for each, below which all paths of the API are.
    private readonly string _root = root.GetLeftPart(UriPartial.Path).TrimEnd('/');

    private long _answers;
    private int _isAway;

    /// <summary>
    /// Raised when the API server answers, whatever it says, after it was away: after a call that had no answer while no other call
    /// had one either. A server that is only slow with large lists is not away, and nobody is to hurry for it.
    /// </summary>
    public ChangeSignal Returned { get; } = new();

    /// <summary>Reads what stands at a path.</summary>
    /// <param name="path">The path with its query.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<JsonDocument> GetAsync(string path, CancellationToken cancellationToken)
    {
        using var limit = new CallLimit(Longest, time, cancellationToken);
        return await GuardAsync($"GET {PathAlone(path)}", async () =>
        {
            using var response = await SendAsync(HttpMethod.Get, path, null, null, limit.Token);
            await using var body = await response.Content.ReadAsStreamAsync(limit.Token);
            return await JsonDocument.ParseAsync(body, KubeJson.Options, limit.Token);
        }, cancellationToken);
    }

    /// <summary>Reads an object.</summary>
    /// <param name="resource">Its resource.</param>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The object; null when there is none.</returns>
    public async Task<JsonObject?> FindAsync(ApiResource resource, NamespacedName name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(resource);
        try
        {
            return await CallAsync(HttpMethod.Get, resource.PathOf(name), null, null, cancellationToken);
        }
        catch (KubeException exception) when (exception.Fault == KubeFault.NotFound)
        {
            return null;
        }
    }

    /// <summary>
    /// Opens a watch: one JSON document per line, until the server ends it. The time limit is for the answer to begin.
    /// </summary>
    /// <param name="path">The path with its query.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    public async Task<HttpResponseMessage> OpenAsync(string path, CancellationToken cancellationToken)
    {
        using var limit = new CallLimit(Longest, time, cancellationToken);
        return await GuardAsync(
            $"GET {PathAlone(path)}", () => SendAsync(HttpMethod.Get, path, null, null, limit.Token), cancellationToken);
    }

    /// <summary>Applies the fields that we own (server-side apply, taking over fields that others own).</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="name">The object.</param>
    /// <param name="body">Identity and the fields.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <param name="subresource">A part of the object such as <c>status</c>.</param>
    public Task<JsonObject> ApplyAsync(
        ApiResource resource, NamespacedName name, JsonObject body, CancellationToken cancellationToken, string subresource = "")
    {
        ArgumentNullException.ThrowIfNull(resource);
        var path = $"{resource.PathOf(name, subresource)}?fieldManager={FieldManager}&force=true";
        return CallAsync(HttpMethod.Patch, path, body, ApplyPatch, cancellationToken);
    }

    /// <summary>Creates an object.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="space">The namespace.</param>
    /// <param name="body">The object.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<JsonObject> CreateAsync(ApiResource resource, string space, JsonObject body, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(resource);
        var path = $"{resource.PathOfAll(space)}?fieldManager={FieldManager}";
        return CallAsync(HttpMethod.Post, path, body, Json, cancellationToken);
    }

    /// <summary>Replaces an object; a body with <c>resourceVersion</c> only if it is still the one that was seen.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="name">The object.</param>
    /// <param name="body">The whole object.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<JsonObject> ReplaceAsync(
        ApiResource resource, NamespacedName name, JsonObject body, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return CallAsync(HttpMethod.Put, $"{resource.PathOf(name)}?fieldManager={FieldManager}", body, Json, cancellationToken);
    }

    /// <summary>Changes fields (JSON merge patch, RFC 7386).</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="name">The object.</param>
    /// <param name="body">The fields; null removes one.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<JsonObject> MergeAsync(
        ApiResource resource, NamespacedName name, JsonObject body, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return CallAsync(HttpMethod.Patch, $"{resource.PathOf(name)}?fieldManager={FieldManager}", body, MergePatch, cancellationToken);
    }

    /// <summary>Replaces the status of an object, whatever else has changed in it meanwhile (JSON patch, RFC 6902).</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="name">The object.</param>
    /// <param name="uid">Its <c>metadata.uid</c>: another object of the name is refused (422).</param>
    /// <param name="status">The whole status.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<JsonObject> ReplaceStatusAsync(
        ApiResource resource, NamespacedName name, string uid, JsonObject status, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentException.ThrowIfNullOrEmpty(uid);
        ArgumentNullException.ThrowIfNull(status);
        var patch = new JsonArray(
            new JsonObject { ["op"] = "test", ["path"] = "/metadata/uid", ["value"] = uid },
            new JsonObject { ["op"] = "add", ["path"] = "/status", ["value"] = status.DeepClone() });
        return CallAsync(
            HttpMethod.Patch, $"{resource.PathOf(name, "status")}?fieldManager={FieldManager}", patch, JsonPatch, cancellationToken);
    }

    /// <summary>Deletes an object, in the background as to what it owns.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="name">The object.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>False when there was none.</returns>
    public async Task<bool> DeleteAsync(ApiResource resource, NamespacedName name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(resource);
        try
        {
            await CallAsync(HttpMethod.Delete, resource.PathOf(name), null, null, cancellationToken);
            return true;
        }
        catch (KubeException exception) when (exception.Fault == KubeFault.NotFound)
        {
            return false;
        }
    }

    private async Task<JsonObject> CallAsync(
        HttpMethod method, string path, JsonNode? body, string? contentType, CancellationToken cancellationToken)
    {
        using var limit = new CallLimit(Longest, time, cancellationToken);
        return await GuardAsync($"{method} {PathAlone(path)}", async () =>
        {
            using var response = await SendAsync(method, path, body, contentType, limit.Token);
            await using var answer = await response.Content.ReadAsStreamAsync(limit.Token);
            return await JsonNode.ParseAsync(answer, null, KubeJson.Options, limit.Token) as JsonObject
                ?? throw new JsonException("the answer is not an object");
        }, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, JsonNode? body, string? contentType, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(_root + path));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(Json));
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, MediaTypeHeaderValue.Parse(contentType!));
        }

        await authorize(request, cancellationToken);
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        Interlocked.Increment(ref _answers);
        if (Interlocked.Exchange(ref _isAway, 0) != 0)
        {
            Returned.Raise();
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            throw KubeException.Of($"{method} {PathAlone(path)}", response.StatusCode, text);
        }
    }

    private static string PathAlone(string path) => path.Split('?')[0];

    private async Task<T> GuardAsync<T>(string call, Func<Task<T>> send, CancellationToken cancellationToken)
    {
        var answers = Volatile.Read(ref _answers);
        try
        {
            return await send();
        }
        catch (Exception exception) when (exception is not KubeException && cancellationToken.IsCancellationRequested)
        {
            // However a connection fails that was given up: it was the caller who wanted it.
            throw exception as OperationCanceledException ?? new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
        catch (OperationCanceledException exception)
        {
            NoAnswer(answers);
            throw new KubeException(KubeFault.Unavailable, $"{call}: no answer within {Longest.TotalSeconds:0} s", exception);
        }
        catch (Exception exception) when (exception is not KubeException)
        {
            // Also what credentials that are fetched by another program have to say.
            NoAnswer(answers);
            throw new KubeException(KubeFault.Unavailable, $"{call}: {ReasonOf(exception)}", exception);
        }
    }

    private void NoAnswer(long answersBefore)
    {
        if (Volatile.Read(ref _answers) == answersBefore)
        {
            Volatile.Write(ref _isAway, 1);
        }
    }

    // That a connection could not be made is said outside, and why inside.
    private static string ReasonOf(Exception exception)
    {
        var reason = exception.GetBaseException().Message;
        return exception.Message.Contains(reason, StringComparison.Ordinal) ? exception.Message : $"{exception.Message} ({reason})";
    }
}
