using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.KubeRuntime.Standalone;

/// <summary>The problems of the directory itself, as opposed to those of files in it. Pure.</summary>
internal static class SourceProblems
{
    /// <summary>The problems that a look showed.</summary>
    /// <param name="root">The directory.</param>
    /// <param name="tree">What was found in it.</param>
    public static ImmutableArray<ObjectProblem> Of(string root, ManifestTree tree)
    {
        if (!tree.Exists)
        {
            return
            [
                At(
                    root,
                    "the directory is not there any more; the objects read from it stay",
                    "Create it again, or stop the server"),
            ];
        }

        return
        [
            .. tree.Unreadable.Select(pair => At(
                pair.Key.Length == 0 ? root : pair.Key,
                $"cannot be read: {pair.Value.TrimEnd('.')}; the objects read from it before stay",
                "Give the server's user permission to read it, or mend the link")),
        ];
    }

    private static ObjectProblem At(string path, string message, string fix) =>
        new(new ObjectOrigin(path, 0), null, string.Empty, message, fix);
}
