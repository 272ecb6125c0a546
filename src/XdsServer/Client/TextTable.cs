using System.Text;

namespace XdsCanary.XdsServer.Client;

/// <summary>Writes columns as kubectl does: as wide as their widest text, three spaces between. Pure.</summary>
internal static class TextTable
{
    private const int Gap = 3;

    /// <summary>Writes rows.</summary>
    /// <param name="rows">The rows, the heading first, all of one length.</param>
    /// <param name="indent">Before each row.</param>
    public static string Write(IReadOnlyList<string[]> rows, string indent = "")
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToList();
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            var line = new StringBuilder(indent);
            for (var column = 0; column < row.Length; column++)
            {
                line.Append(row[column].PadRight(widths[column] + Gap));
            }

            text.Append(line.ToString().TrimEnd()).Append('\n');
        }

        return text.ToString();
    }
}
