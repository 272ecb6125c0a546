using System.Collections.Concurrent;

namespace XdsCanary.TestKit.Cluster;

/// <summary>
/// Which local program stands for which image; an image that is not in it cannot be pulled. Tags are ignored unless an entry has
/// one. May be changed while the cluster runs. Thread-safe.
/// </summary>
public sealed class ImageTable
{
    private readonly ConcurrentDictionary<string, ImageProgram> _programs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _missing = new(StringComparer.Ordinal);

    /// <summary>Adds or replaces an entry.</summary>
    /// <param name="image">For example <c>podinfo</c> (any registry, any tag), or <c>ghcr.io/stefanprodan/podinfo:6.0.1</c>.</param>
    /// <param name="program">What to run.</param>
    /// <returns>This table.</returns>
    public ImageTable With(string image, ImageProgram program)
    {
        _programs[image] = program;
        return this;
    }

    /// <summary>Says that an image cannot be pulled, although an entry without its tag is there.</summary>
    /// <param name="image">As the container names it.</param>
    /// <returns>This table.</returns>
    public ImageTable Without(string image)
    {
        _missing[image] = true;
        return this;
    }

    /// <summary>Finds what stands for an image: by its whole name, without tag or digest, or by its last part.</summary>
    internal ImageProgram? Find(string image)
    {
        if (_missing.ContainsKey(image))
        {
            return null;
        }

        var untagged = image.Split('@')[0];
        var colon = untagged.LastIndexOf(':');
        var name = colon > untagged.LastIndexOf('/') ? untagged[..colon] : untagged;
        var last = name[(name.LastIndexOf('/') + 1)..];
        var tag = untagged[name.Length..];
        return new[] { image, untagged, name, last + tag, last }
            .Select(key => _programs.GetValueOrDefault(key))
            .FirstOrDefault(program => program is not null);
    }
}
