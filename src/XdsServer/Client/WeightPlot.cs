using System.Text;

namespace XdsCanary.XdsServer.Client;

/// <summary>Draws weights over time as text: the newest at the right, a row for each tenth. Pure.</summary>
internal static class WeightPlot
{
    private const int Rows = 10;
    private const int Hundred = 100;

    /// <summary>Draws a bar of a weight.</summary>
    /// <param name="weight">Percent.</param>
    /// <param name="width">Letters for 100 percent.</param>
    public static string Bar(int weight, int width)
    {
        var full = Math.Clamp(((weight * width) + (Hundred / 2)) / Hundred, 0, width);
        return new string('█', full) + new string('░', width - full);
    }

    /// <summary>Draws the plot.</summary>
    /// <param name="weights">Percent at equal distances in time, oldest first.</param>
    /// <param name="width">How many of the newest are drawn.</param>
    public static string Draw(IReadOnlyList<int> weights, int width)
    {
        var shown = weights.Skip(Math.Max(0, weights.Count - width)).ToList();
        var text = new StringBuilder();
        for (var row = Rows; row >= 1; row--)
        {
            var percent = row * Hundred / Rows;
            var cells = shown.Select(weight => weight >= percent ? '█' : weight > percent - (Hundred / Rows) ? '▄' : ' ');
            text.Append($"{percent,4} │{string.Concat(cells)}".TrimEnd()).Append('\n');
        }

        return text.Append("   0 └").Append('─', width).Append('\n').ToString();
    }
}
