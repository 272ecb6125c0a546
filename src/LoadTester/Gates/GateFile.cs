using System.Text.Json;

namespace XdsCanary.LoadTester.Gates;

/// <summary>Keeps the gates in a file.</summary>
/// <param name="path">The file; null to keep nothing.</param>
internal sealed class GateFile(string? path)
{
    /// <summary>Reads what was kept.</summary>
    /// <exception cref="IOException">The file cannot be read, or is not ours.</exception>
    public GateState Read()
    {
        if (path is null || !File.Exists(path))
        {
            return GateState.Empty;
        }

        try
        {
            var state = JsonSerializer.Deserialize(File.ReadAllBytes(path), LoadTesterJson.Default.GateState);
            return state is { Open.IsDefault: false } ? state : GateState.Empty;
        }
        catch (JsonException fault)
        {
            throw new IOException($"{path} does not hold the state of gates: {fault.Message}", fault);
        }
    }

    /// <summary>Keeps the gates. A crash leaves the old state or the new one, nothing in between.</summary>
    /// <param name="state">The gates.</param>
    public void Write(GateState state)
    {
        if (path is null)
        {
            return;
        }

        var next = $"{path}.next";
        using (var file = new FileStream(next, FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(file, state, LoadTesterJson.Default.GateState);
            file.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
    }
}
