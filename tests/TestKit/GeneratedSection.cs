using Xunit;

namespace XdsCanary.TestKit;

/// <summary>
/// A part of a manual that is written from the code, between two comments. With <c>XDSCANARY_UPDATE_GOLDEN=1</c> it is written
/// anew, otherwise it must be as the code has it.
/// </summary>
public static class GeneratedSection
{
    private const string Begin = "<!-- generated: change the code and run the tests with XDSCANARY_UPDATE_GOLDEN=1 -->\n";
    private const string End = "<!-- end of generated -->\n";

    /// <summary>Compares the section of a file.</summary>
    /// <param name="path">The file, below the root of the repository.</param>
    /// <param name="content">What the section must be, with a line break at its end.</param>
    public static void Verify(string path, string content)
    {
        var file = RepositoryPaths.Combine(path.Split('/'));
        var text = File.ReadAllText(file);
        var begin = text.IndexOf(Begin, StringComparison.Ordinal);
        var end = text.IndexOf(End, StringComparison.Ordinal);
        Assert.True(begin >= 0 && end > begin, $"{path} lacks the comments that enclose its generated section.");
        begin += Begin.Length;
        if (Environment.GetEnvironmentVariable("XDSCANARY_UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(file, $"{text[..begin]}{content}{text[end..]}");
            return;
        }

        Assert.Equal(content, text[begin..end]);
    }
}
