using XdsCanary.TestKit;

namespace XdsCanary.XdsServer.FunctionalTests.Corpus;

/// <summary>A line of <c>expected.txt</c>: what <c>validate</c> is to say about a broken manifest.</summary>
/// <param name="Place">File and line, as in <c>tab.yaml:4</c>.</param>
/// <param name="Object">Kind, namespace and name; empty when the file does not let that be known.</param>
/// <param name="Field">The path of the field; empty for the whole document.</param>
/// <param name="Text">What the rest of the line contains: words of the fault or of its mend.</param>
internal sealed record ExpectedFault(string Place, string Object, string Field, string Text)
{
    /// <summary>The folder of the corpus.</summary>
    public static string Folder { get; } = RepositoryPaths.Combine("tests", "XdsServer.FunctionalTests", "Corpus");

    /// <summary>The broken manifests' file.</summary>
    public string File => Place.Split(':')[0];

    /// <summary>True for what is worth a word in a check, but is no fault.</summary>
    public bool IsNotice => Text.Contains("notice", StringComparison.Ordinal);

    /// <summary>All of them, in the order in which they are told.</summary>
    /// <param name="file">The file that lists them.</param>
    public static IReadOnlyList<ExpectedFault> ReadAll(string file = "expected.txt") =>
    [
        .. System.IO.File.ReadLines(Path.Combine(Folder, file))
            .Where(line => line.Length > 0 && !line.StartsWith('#'))
            .Select(line => line.Split(" | "))
            .Select(parts => new ExpectedFault(parts[0], Or(parts[1]), Or(parts[2]), parts[3])),
    ];

    /// <summary>What the line that tells this fault starts with.</summary>
    /// <param name="folder">The folder that was read, with a slash at its end; empty for paths below it.</param>
    public string Start(string folder) =>
        $"{folder}{Place}:" + (Object.Length > 0 ? $" {Object}:" : string.Empty) + (Field.Length > 0 ? $" {Field}:" : string.Empty) + " ";

    private static string Or(string text) => text == "-" ? string.Empty : text;
}
