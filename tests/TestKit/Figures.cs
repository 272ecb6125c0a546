using Xunit;

namespace XdsCanary.TestKit;

/// <summary>
/// Keeps the numbers that a test has shown, so that a passing run tells them too: test platforms print the output of failed
/// tests only. They go to the test's output and to a file that continuous integration prints.
/// </summary>
public static class Figures
{
    /// <summary>The folder of the files, one for each test, below the root of the repository.</summary>
    public const string Folder = "artifacts/figures";

    private static readonly Lock Gate = new();

    /// <summary>Adds a line under the name of the test that runs.</summary>
    public static void Record(string text)
    {
        var context = TestContext.Current;
        context.TestOutputHelper?.WriteLine(text);
        var name = context.TestMethod?.MethodName ?? "unknown";
        var path = Path.Combine(Directory.CreateDirectory(RepositoryPaths.Combine(Folder)).FullName, $"{name}.txt");
        lock (Gate)
        {
            File.AppendAllText(path, $"{context.Test?.TestDisplayName ?? name}: {text}\n");
        }
    }
}
