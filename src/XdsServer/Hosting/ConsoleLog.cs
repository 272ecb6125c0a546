using System.Net.Sockets;
using Serilog;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace XdsCanary.XdsServer.Hosting;

/// <summary>The log on standard output. The one place that knows Serilog; everything else logs through the abstractions.</summary>
internal static class ConsoleLog
{
    private const string Template = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff} {Level:u3} {Message:lj}{NewLine}{Exception}";

    /// <summary>Sends the log to standard output.</summary>
    /// <param name="logging">The log to configure.</param>
    /// <param name="options">Form and level.</param>
    public static void AddConsoleLog(this ILoggingBuilder logging, ServerOptions options)
    {
        var configuration = new LoggerConfiguration()
            .MinimumLevel.Is(ToSerilog(options.LogLevel))
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("Grpc", LogEventLevel.Error)
            .Filter.ByExcluding(IsFailedStart);
        configuration = options.LogFormat == LogFormat.Json
            ? configuration.WriteTo.Console(new CompactJsonFormatter())
            : configuration.WriteTo.Console(outputTemplate: Template, formatProvider: System.Globalization.CultureInfo.InvariantCulture);
        Log.Logger = configuration.CreateLogger();
        logging.SetMinimumLevel(options.LogLevel);
        logging.AddSerilog(Log.Logger);
    }

    // The host logs a start that failed with a stack trace, and throws it as well: whoever started it says it in a sentence.
    private static bool IsFailedStart(LogEvent entry) =>
        entry.MessageTemplate.Text == "Hosting failed to start"
        && entry.Exception is IOException or SocketException;

    private static LogEventLevel ToSerilog(LogLevel level) => level switch
    {
        LogLevel.Trace => LogEventLevel.Verbose,
        LogLevel.Debug => LogEventLevel.Debug,
        LogLevel.Information => LogEventLevel.Information,
        LogLevel.Warning => LogEventLevel.Warning,
        _ => LogEventLevel.Error,
    };
}
