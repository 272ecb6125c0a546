using System.Globalization;
using System.Runtime.InteropServices;

namespace XdsCanary.CanaryEngine.Webhooks;

/// <summary>
/// The <c>checksum</c> of webhook payloads: equal for equal revisions, and made of characters that are safe in names. Receivers
/// compare it with what they were told before, so its way of being made does not matter to them.
/// </summary>
internal static class Checksum
{
    private const string SafeCharacters = "bcdfghjklmnpqrstvwxz2456789";
    private const uint OffsetBasis = 2166136261;
    private const uint Prime = 16777619;

    /// <summary>The checksum of a status.</summary>
    /// <param name="lastAppliedSpec">The revision of the current or last run.</param>
    /// <param name="trackedConfigs">Names of tracked configuration objects with their hashes, in any order; null for none.</param>
    public static string Of(string lastAppliedSpec, IEnumerable<KeyValuePair<string, string>>? trackedConfigs = null)
    {
        var hash = Add(OffsetBasis, lastAppliedSpec);
        foreach (var (name, configHash) in (trackedConfigs ?? []).OrderBy(config => config.Key, StringComparer.Ordinal))
        {
            hash = Add(Add(hash, name), configHash);
        }

        var digits = hash.ToString(CultureInfo.InvariantCulture);
        return string.Create(digits.Length, digits, static (text, digits) =>
        {
            for (var i = 0; i < digits.Length; i++)
            {
                text[i] = SafeCharacters[digits[i] % SafeCharacters.Length];
            }
        });
    }

    private static uint Add(uint hash, string text)
    {
        // The length keeps 'ab' + 'c' apart from 'a' + 'bc'.
        var length = text.Length;
        foreach (var part in MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in length)))
        {
            hash = (hash ^ part) * Prime;
        }

        foreach (var part in MemoryMarshal.AsBytes(text.AsSpan()))
        {
            hash = (hash ^ part) * Prime;
        }

        return hash;
    }
}
