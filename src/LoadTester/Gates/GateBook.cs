namespace XdsCanary.LoadTester.Gates;

/// <summary>The gates of all canaries, kept over restarts. Thread-safe.</summary>
internal sealed class GateBook
{
    private readonly Lock _lock = new();
    private readonly GateFile _file;
    private GateState _state;

    /// <summary>Opens the book.</summary>
    /// <param name="file">Where it is kept.</param>
    public GateBook(GateFile file) => (_file, _state) = (file, file.Read());

    /// <summary>Opens a gate.</summary>
    /// <param name="gate">Which.</param>
    public void Open(OpenGate gate) => Change(state => (true, state.With(gate)));

    /// <summary>Closes gates.</summary>
    /// <param name="gate">Which.</param>
    public void Close(OpenGate gate) => Change(state => (true, state.Without(gate)));

    /// <summary>Asks whether a hook may pass.</summary>
    /// <param name="asked">Who asks, for which revision.</param>
    public bool IsOpen(OpenGate asked) => Change(state => state.Ask(asked));

    private bool Change(Func<GateState, (bool Answer, GateState After)> change)
    {
        lock (_lock)
        {
            var (answer, after) = change(_state);
            if (!after.Open.SequenceEqual(_state.Open))
            {
                // First the file: an answer must not be given that a restart would take back.
                _file.Write(after);
                _state = after;
            }

            return answer;
        }
    }
}
