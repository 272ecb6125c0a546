using Spectre.Console;

namespace XdsCanary.XdsServer.Demo;

/// <summary>Shows a scene on a console: a table that changes on a terminal, plain lines elsewhere.</summary>
/// <param name="console">The console.</param>
internal sealed class SceneReport(IAnsiConsole console) : ISceneReport
{
    private bool IsLive => console.Profile.Capabilities.Interactive && console.Profile.Out.IsTerminal;

    /// <inheritdoc/>
    public async Task<string?> ShowAsync(string heading, Func<Action<SceneRow, bool>, Task<string?>> scene)
    {
        console.WriteLine(heading);
        return IsLive ? await ShowTableAsync(scene) : await ShowLinesAsync(scene);
    }

    /// <inheritdoc/>
    public void Conclude(string text, bool good) =>
        console.Write(new Text(text + "\n", new Style(good ? Color.Green : Color.Red)));

    private async Task<string?> ShowTableAsync(Func<Action<SceneRow, bool>, Task<string?>> scene)
    {
        var table = new Table();
        foreach (var heading in SceneRow.Headings)
        {
            table.AddColumn(heading);
        }

        return await console.Live(table).StartAsync(async live =>
        {
            string? shown = null;
            return await scene((row, _) =>
            {
                if (row.Step == shown)
                {
                    table.RemoveRow(table.Rows.Count - 1);
                }

                shown = row.Step;
                table.AddRow([.. row.Cells.Select(cell => new Text(cell))]);
                live.Refresh();
            });
        });
    }

    private Task<string?> ShowLinesAsync(Func<Action<SceneRow, bool>, Task<string?>> scene)
    {
        WriteCells(SceneRow.Headings);
        // Without a terminal a line cannot be taken back: only final ones are written.
        return scene((row, final) =>
        {
            if (final)
            {
                WriteCells(row.Cells);
            }
        });
    }

    private void WriteCells(IEnumerable<string> cells) => console.WriteLine(
        string.Join("  ", cells.Zip(SceneRow.Headings, (cell, heading) => cell.PadRight(heading.Length))).TrimEnd());
}
