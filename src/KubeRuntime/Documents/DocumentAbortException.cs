namespace XdsCanary.KubeRuntime.Documents;

/// <summary>Unwinds the reading of a document that cannot go on. Never leaves this folder.</summary>
internal sealed class DocumentAbortException(NodeProblem problem) : Exception(problem.Message)
{
    /// <summary>The reason.</summary>
    public NodeProblem Problem { get; } = problem;
}
