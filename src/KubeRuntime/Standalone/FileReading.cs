namespace XdsCanary.KubeRuntime.Standalone;

/// <summary>What came of reading a file.</summary>
internal abstract record FileReading
{
    private FileReading()
    {
    }

    /// <summary>The whole content.</summary>
    /// <param name="Bytes">The content.</param>
    /// <param name="IsGuarded">True when it is certain that nobody was writing (<see cref="ReadLease"/>).</param>
    public sealed record Content(ReadOnlyMemory<byte> Bytes, bool IsGuarded) : FileReading;

    /// <summary>The file is there but cannot be read; the objects that it held stay.</summary>
    /// <param name="Message">What is wrong, for a problem.</param>
    /// <param name="Fix">What to do.</param>
    public sealed record Unreadable(string Message, string Fix) : FileReading;

    /// <summary>
    /// The file changed while it was read, or somebody has it open for writing: what was read may be half of it and is not used.
    /// </summary>
    public sealed record Changing : FileReading;

    /// <summary>The file went away since it was listed, which is no error.</summary>
    public sealed record Vanished : FileReading;
}
