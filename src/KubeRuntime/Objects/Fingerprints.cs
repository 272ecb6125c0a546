using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using XdsCanary.KubeRuntime.Documents;

namespace XdsCanary.KubeRuntime.Objects;

/// <summary>
/// Hashes what a document says, not how it is written: positions, comments, quotes, order of keys and YAML or JSON make no
/// difference. Not a protection against forgery.
/// </summary>
internal static class Fingerprints
{
    /// <summary>The fingerprint of a document: 32 hexadecimal digits.</summary>
    public static string Of(DocumentNode root)
    {
        var hash = new XxHash128();
        Append(hash, root);
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    /// <summary>True when both trees say the same and each node stands at the same place.</summary>
    public static bool SamePlaces(DocumentNode left, DocumentNode right)
    {
        if (left.Position != right.Position)
        {
            return false;
        }

        return (left, right) switch
        {
            (ScalarNode one, ScalarNode other) => one.Kind == other.Kind && one.Text == other.Text,
            (SequenceNode one, SequenceNode other) => one.Items.Length == other.Items.Length
                && one.Items.Zip(other.Items).All(pair => SamePlaces(pair.First, pair.Second)),
            (MappingNode one, MappingNode other) => one.Entries.Length == other.Entries.Length
                && one.Entries.Zip(other.Entries).All(pair => SameEntry(pair.First, pair.Second)),
            _ => false,
        };
    }

    private static bool SameEntry(MappingEntry left, MappingEntry right) =>
        left.Key == right.Key && left.KeyPosition == right.KeyPosition && SamePlaces(left.Value, right.Value);

    private static void Append(XxHash128 hash, DocumentNode node)
    {
        switch (node)
        {
            case ScalarNode scalar:
                // True and TRUE are true; a number is taken as written, because 1 and 1.0 need not mean the same to a reader.
                Append(hash, 's', (int)scalar.Kind);
                Append(hash, scalar.Kind == ScalarKind.Boolean ? scalar.Text.ToUpperInvariant() : scalar.Text);
                break;
            case SequenceNode sequence:
                Append(hash, 'l', sequence.Items.Length);
                foreach (var item in sequence.Items)
                {
                    Append(hash, item);
                }

                break;
            case MappingNode mapping:
                Append(hash, 'm', mapping.Entries.Length);
                foreach (var entry in mapping.Entries.OrderBy(entry => entry.Key, StringComparer.Ordinal))
                {
                    Append(hash, entry.Key);
                    Append(hash, entry.Value);
                }

                break;
        }
    }

    private static void Append(XxHash128 hash, string text)
    {
        // The length keeps 'ab' + 'c' apart from 'a' + 'bc'.
        Append(hash, 't', text.Length);
        hash.Append(MemoryMarshal.AsBytes(text.AsSpan()));
    }

    private static void Append(XxHash128 hash, char type, int number)
    {
        Span<byte> bytes = stackalloc byte[5];
        bytes[0] = (byte)type;
        BinaryPrimitives.WriteInt32LittleEndian(bytes[1..], number);
        hash.Append(bytes);
    }
}
