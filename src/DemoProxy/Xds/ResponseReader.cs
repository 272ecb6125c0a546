using System.Collections.Immutable;
using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using XdsCanary.DemoProxy.Reading;

namespace XdsCanary.DemoProxy.Xds;

/// <summary>What a response holds once its resources have been read.</summary>
/// <typeparam name="T">What the resources are read into.</typeparam>
/// <param name="Held">The resources held after the response; removed ones are still in it.</param>
/// <param name="Mentioned">The names of all resources of the response that are held.</param>
/// <param name="Changed">Those of them whose content is not what was held before.</param>
/// <param name="Faults">What could not be used, each fault with the resource's name.</param>
internal sealed record ResponseContent<T>(
    ImmutableDictionary<string, Held<T>> Held,
    ImmutableArray<string> Mentioned,
    ImmutableArray<string> Changed,
    ImmutableArray<string> Faults);

/// <summary>Reads the resources of a response, one by one: those that can be used are taken, faults are collected.</summary>
internal static class ResponseReader
{
    /// <summary>Reads a resource.</summary>
    /// <typeparam name="T">What it is read into.</typeparam>
    /// <param name="bytes">The resource.</param>
    /// <returns>The name that the resource gives itself, and what it was read into.</returns>
    public delegate (string Name, T Value) ReadResource<T>(ByteString bytes);

    /// <summary>Reads a response.</summary>
    /// <typeparam name="T">What the resources are read into.</typeparam>
    /// <param name="response">The response.</param>
    /// <param name="held">What is held of the type.</param>
    /// <param name="read">Reads one resource.</param>
    public static ResponseContent<T> Read<T>(
        DeltaDiscoveryResponse response, ImmutableDictionary<string, Held<T>> held, ReadResource<T> read)
    {
        var next = held.ToBuilder();
        var faults = ImmutableArray.CreateBuilder<string>();
        var mentioned = ImmutableArray.CreateBuilder<string>();
        var changed = ImmutableArray.CreateBuilder<string>();
        var names = new HashSet<string>(response.RemovedResources, StringComparer.Ordinal);
        foreach (var resource in response.Resources)
        {
            if (!names.Add(resource.Name))
            {
                faults.Add($"{resource.Name}: it occurs more than once in the response");
                continue;
            }

            var before = held.GetValueOrDefault(resource.Name);
            try
            {
                var after = ReadOne(response.TypeUrl, resource, before, read);
                next[resource.Name] = after;
                mentioned.Add(resource.Name);
                if (before is null || !ReferenceEquals(before.Value, after.Value))
                {
                    changed.Add(resource.Name);
                }
            }
            catch (UnusableResourceException fault)
            {
                faults.Add($"{resource.Name}: {fault.Message}");
            }
        }

        return new ResponseContent<T>(
            next.ToImmutable(), mentioned.ToImmutable(), changed.ToImmutable(), faults.ToImmutable());
    }

    private static Held<T> ReadOne<T>(string type, Resource resource, Held<T>? before, ReadResource<T> read)
    {
        if (resource.Resource_ is not { } packed)
        {
            // A heartbeat: the resource lives on unchanged.
            return before ?? throw new UnusableResourceException("it has no body");
        }

        if (packed.TypeUrl != type)
        {
            throw new UnusableResourceException($"its type is {packed.TypeUrl}, that of the response is {type}");
        }

        if (before is not null && before.Bytes.Equals(packed.Value))
        {
            return before with { Version = resource.Version };
        }

        try
        {
            var (name, value) = read(packed.Value);
            return name == resource.Name
                ? new Held<T>(resource.Version, packed.Value, value)
                : throw new UnusableResourceException($"its own name is '{name}'");
        }
        catch (InvalidProtocolBufferException)
        {
            throw new UnusableResourceException("it cannot be decoded");
        }
    }
}
