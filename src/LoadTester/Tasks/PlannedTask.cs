namespace XdsCanary.LoadTester.Tasks;

/// <summary>What a payload asks for: a task to run, or an answer why not.</summary>
/// <param name="Status">The answer's status when there is nothing to run.</param>
/// <param name="Refusal">The answer's body when there is nothing to run.</param>
internal sealed record PlannedTask(int Status, string Refusal)
{
    /// <summary>Does the work; null when there is nothing to run.</summary>
    public Func<CancellationToken, Task<TaskResult>>? Run { get; private init; }

    /// <summary>Tells the same work from other work.</summary>
    public string Work { get; private init; } = string.Empty;

    /// <summary>The caller gets the result, not a receipt.</summary>
    public bool Waits { get; private init; }

    /// <summary>The caller gets the output of a success.</summary>
    public bool ReturnsOutput { get; private init; }

    /// <summary>Work that can be done.</summary>
    /// <param name="work">Tells the same work from other work.</param>
    /// <param name="waits">The caller gets the result, not a receipt.</param>
    /// <param name="returnsOutput">The caller gets the output of a success.</param>
    /// <param name="run">Does the work.</param>
    public static PlannedTask Of(string work, bool waits, bool returnsOutput, Func<CancellationToken, Task<TaskResult>> run) =>
        new(0, string.Empty) { Work = work, Waits = waits, ReturnsOutput = returnsOutput, Run = run };
}
