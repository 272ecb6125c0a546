using System.Text;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Kubernetes;
using XdsCanary.CanaryEngine.Tests.Resources;

namespace XdsCanary.CanaryEngine.Tests.Kubernetes;

/// <summary>Events as the API server takes them.</summary>
public sealed class EventJsonTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    // The API server counts bytes, and takes 1024 of them.
    [Theory]
    [InlineData("a", 1024, 1024)]
    [InlineData("a", 1025, 1024)]
    [InlineData("ä", 512, 1024)]
    [InlineData("ä", 600, 1023)]
    [InlineData("\U0001F600", 300, 1023)]
    public void Long_note_is_cut_by_its_bytes(string letter, int count, int expected)
    {
        var text = string.Concat(Enumerable.Repeat(letter, count));
        var told = new CanaryEvent(Now, Now, 1, true, text, CanaryPhase.Progressing);

        var note = (string)EventJson.New(Manifests.ReadOne(CanaryManifest.Write()), told, "replica", 0)["note"]!;

        Assert.Equal(expected, Encoding.UTF8.GetByteCount(note));
        Assert.Equal(note != text, note.EndsWith(letter + "...", StringComparison.Ordinal));
    }
}
