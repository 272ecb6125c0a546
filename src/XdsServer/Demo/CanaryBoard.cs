using Spectre.Console;

namespace XdsCanary.XdsServer.Demo;

/// <summary>Shows a canary on a console: lines, and on a terminal a last one that moves with the weight.</summary>
/// <param name="console">The console.</param>
internal sealed class CanaryBoard(IAnsiConsole console) : ICanaryBoard
{
    private bool IsLive => console.Profile.Capabilities.Interactive && console.Profile.Out.IsTerminal;

    /// <inheritdoc/>
    public async Task ShowAsync(string heading, Func<Action<WeightSample>, Task> run)
    {
        console.WriteLine();
        console.WriteLine(heading);
        if (!IsLive)
        {
            await run(_ => { });
            return;
        }

        await console.Live(new Text(string.Empty)).AutoClear(true).StartAsync(
            live => run(sample => live.UpdateTarget(new Text($"   now  {sample}"))));
    }

    /// <inheritdoc/>
    public void Line(string text, bool isWarning) =>
        console.Write(new Text(text + "\n", isWarning ? new Style(Color.Yellow) : Style.Plain));

    /// <inheritdoc/>
    public void Conclude(string text, bool good) =>
        console.Write(new Text(text + "\n", new Style(good ? Color.Green : Color.Red)));
}
