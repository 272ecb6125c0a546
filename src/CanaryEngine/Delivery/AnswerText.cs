using System.Globalization;
using System.Text;

namespace XdsCanary.CanaryEngine.Delivery;

/// <summary>What an HTTP answer says, as a short text for people.</summary>
internal static class AnswerText
{
    /// <summary>How this program names itself to those it calls.</summary>
    public const string UserAgent = "xds-canary";

    private const int MostBytes = 1024;

    /// <summary>The body, cut to 1 KiB; the status when there is none.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async ValueTask<string> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[MostBytes];
        var length = await stream.ReadAtLeastAsync(buffer, MostBytes, throwOnEndOfStream: false, cancellationToken);
        var text = Encoding.UTF8.GetString(buffer, 0, length).Trim();
        return text.Length > 0
            ? text
            : string.Create(CultureInfo.InvariantCulture, $"status {(int)response.StatusCode} {response.ReasonPhrase}").TrimEnd();
    }

    /// <summary>Why there was no answer, down to the cause that names it.</summary>
    /// <param name="fault">What went wrong.</param>
    public static string Of(Exception fault) =>
        fault is { InnerException: { } cause } && !fault.Message.Contains(cause.Message, StringComparison.Ordinal)
            ? $"{fault.Message} {Of(cause)}"
            : fault.Message;
}
