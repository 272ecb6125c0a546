using System.Text.Json;

namespace XdsCanary.KubeRuntime.Documents;

/// <summary>Says what is wrong with a JSON text in words that help to mend it.</summary>
internal static class JsonFault
{
    /// <summary>Turns the reader's exception into a fault.</summary>
    public static NodeProblem Explain(JsonException exception, NodePosition position)
    {
        var message = exception.Message;
        var details = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var text = (details < 0 ? message : message[..details]).TrimEnd('.', ' ');
        return new NodeProblem(position, string.Empty, $"not valid JSON: {Words(text)}", Fix(text));
    }

    // These two speak of the reader's options and of its inner workings.
    private static string Words(string text) =>
        text.Contains("trailing comma", StringComparison.OrdinalIgnoreCase) ? "there is a trailing comma before a closing bracket"
        : text.Contains("Expected depth to be zero", StringComparison.OrdinalIgnoreCase) ? "the text ends inside an object or a list"
        : text;

    private static string Fix(string text)
    {
        if (text.Contains("trailing comma", StringComparison.OrdinalIgnoreCase))
        {
            return "Remove the comma before the closing bracket";
        }

        if (text.Contains("Expected depth to be zero", StringComparison.OrdinalIgnoreCase))
        {
            return "Close every '{' and '[' that was opened";
        }

        return text.Contains("start of a property name", StringComparison.OrdinalIgnoreCase)
            ? "Write every key in double quotes"
            : "Check the commas, quotes and brackets here and just before";
    }
}
