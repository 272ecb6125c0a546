namespace XdsCanary.KubeRuntime.Documents;

/// <summary>Guesses which known name a misspelt one stands for.</summary>
public static class NearestName
{
    /// <summary>Finds the known name with the fewest single-letter edits, if they are few for its length.</summary>
    /// <param name="written">The name as written.</param>
    /// <param name="known">The known names; among equally near ones the first counts.</param>
    /// <returns>The name; null when none is near.</returns>
    public static string? Find(string written, ReadOnlySpan<string> known)
    {
        string? nearest = null;
        var fewest = int.MaxValue;
        foreach (var name in known)
        {
            var edits = Edits(written.ToUpperInvariant(), name.ToUpperInvariant());
            if (edits < fewest && edits <= Math.Max(1, name.Length / 3))
            {
                (nearest, fewest) = (name, edits);
            }
        }

        return nearest;
    }

    // Levenshtein's distance, in which two swapped neighbours count as one edit.
    private static int Edits(string left, string right)
    {
        var rows = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
        {
            for (var j = 0; j <= right.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    rows[i, j] = i + j;
                    continue;
                }

                var change = rows[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(change, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
                }
            }
        }

        return rows[left.Length, right.Length];
    }
}
