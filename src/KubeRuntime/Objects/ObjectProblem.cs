namespace XdsCanary.KubeRuntime.Objects;

/// <summary>
/// One fault of one document, in the form that a person can act on: where, which object, which field, what is wrong and what
/// to write instead.
/// </summary>
/// <param name="Origin">File and line of the fault itself (not only of its document).</param>
/// <param name="Object">The object, when it could be told; null for a document without readable identity.</param>
/// <param name="Field">The path of the field, for example <c>spec.backends[1].weight</c>; empty for the whole document.</param>
/// <param name="Message">What is wrong, one sentence without the field's path and without a full stop.</param>
/// <param name="Fix">What to write instead, one sentence without a full stop.</param>
public sealed record ObjectProblem(ObjectOrigin Origin, ObjectKey? Object, string Field, string Message, string Fix)
{
    /// <summary>The one line that the command line and the log show.</summary>
    public override string ToString()
    {
        var subject = Object is { } key ? $" {key}:" : string.Empty;
        var field = Field.Length > 0 ? $" {Field}:" : string.Empty;
        return $"{Origin}:{subject}{field} {Message}. {Fix}.";
    }
}
