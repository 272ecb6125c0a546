using System.Text;
using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Tests.Core;

public sealed class ShortTextTests
{
    [Fact]
    public void Long_texts_are_kept_at_a_readable_length()
    {
        var cut = ShortText.Cut(new string('ä', 2000));

        Assert.Equal(2047, Encoding.UTF8.GetByteCount(cut));
        Assert.EndsWith("ä...", cut, StringComparison.Ordinal);
        Assert.Equal("short", ShortText.Cut("short"));
    }
}
