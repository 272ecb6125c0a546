using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Admin;

namespace XdsCanary.XdsServer.Client;

/// <summary>Asks a server for its canaries. Whatever goes wrong is a <see cref="ClientFault"/>.</summary>
internal sealed class AdminClient : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;
    private readonly bool _hasToken;

    /// <summary>Makes a client.</summary>
    /// <param name="server">The server's admin port.</param>
    /// <param name="token">What lets the caller in; empty for none.</param>
    public AdminClient(Uri server, string token)
    {
        _http = new HttpClient { BaseAddress = server, Timeout = Timeout };
        _hasToken = token.Length > 0;
        if (_hasToken)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }

    /// <summary>The canaries.</summary>
    /// <param name="ns">The namespace; null for all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ImmutableArray<CanaryStatusView>> ListAsync(string? ns, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Get,
        ns is null ? "api/canaries" : $"api/canaries?namespace={Uri.EscapeDataString(ns)}",
        null,
        CanaryJson.Default.ImmutableArrayCanaryStatusView,
        cancellationToken);

    /// <summary>A canary with all that is known of it.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<CanaryStatusView> GetAsync(NamespacedName key, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, Path(key), null, CanaryJson.Default.CanaryStatusView, cancellationToken);

    /// <summary>Asks for something.</summary>
    /// <param name="key">The canary.</param>
    /// <param name="verb">The verb, in small letters.</param>
    /// <param name="body">What comes with it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The canary after it.</returns>
    public Task<CanaryStatusView> AskAsync(NamespacedName key, string verb, VerbBody body, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, $"{Path(key)}/{verb}", body, CanaryJson.Default.CanaryStatusView, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static string Path(NamespacedName key) =>
        $"api/canaries/{Uri.EscapeDataString(key.Namespace)}/{Uri.EscapeDataString(key.Name)}";

    private async Task<T> SendAsync<T>(
        HttpMethod method, string path, VerbBody? body, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(method, path);
            if (body is not null)
            {
                request.Content = new StringContent(
                    JsonSerializer.Serialize(body, CanaryJson.Default.VerbBody), Encoding.UTF8, "application/json");
            }

            using var response = await _http.SendAsync(request, cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            return response.IsSuccessStatusCode
                ? JsonSerializer.Deserialize(text, type)!
                : throw Refused(response.StatusCode, text);
        }
        catch (HttpRequestException fault)
        {
            throw new ClientFault(
                $"The server at {_http.BaseAddress} cannot be reached ({fault.Message}); is it running, and is --server its admin port?");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ClientFault($"The server at {_http.BaseAddress} did not answer within {Timeout.TotalSeconds:0} s.");
        }
        catch (JsonException)
        {
            throw new ClientFault($"What answers at {_http.BaseAddress} is not the admin port of a server.");
        }
    }

    private ClientFault Refused(HttpStatusCode status, string text)
    {
        if (status == HttpStatusCode.Unauthorized)
        {
            return _hasToken
                ? new ClientFault("The server refuses the token; it is the server's --admin-token, or in the file admin-token of its state directory.")
                : new ClientFault(
                    "The server asks for a token; give it by --token, --token-file or --state (the server's state directory).", isUsage: true);
        }

        var error = text.StartsWith('{') ? JsonSerializer.Deserialize(text, CanaryJson.Default.ErrorView)?.Error : null;
        return new ClientFault(error ?? $"The server at {_http.BaseAddress} answered {(int)status}.");
    }
}
