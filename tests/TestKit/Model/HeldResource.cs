using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace XdsCanary.TestKit.Model;

/// <summary>A resource that a client has accepted.</summary>
/// <param name="Version">Its version: its own in delta, the response's in SotW.</param>
/// <param name="Body">Its content; null where the server said only that it does not exist under an alias.</param>
public sealed record HeldResource(string Version, Any? Body)
{
    /// <summary>Reads the content.</summary>
    public T As<T>()
        where T : IMessage<T>, new() => (Body ?? throw new InvalidOperationException("The resource has no content.")).Unpack<T>();

    /// <summary>Finds out the name of a SotW resource, and unwraps it if it is wrapped.</summary>
    internal static (string Name, HeldResource Resource) Read(Any item, string version)
    {
        if (item.TypeUrl == TypeUrls.Wrapper)
        {
            var wrapper = item.Unpack<Resource>();
            return (wrapper.Name, new HeldResource(version, wrapper.Resource_));
        }

        return (NameOf(item), new HeldResource(version, item));
    }

    private static string NameOf(Any item)
    {
        // Every xDS resource type has its name as a string in field 1.
        var nameTag = WireFormat.MakeTag(1, WireFormat.WireType.LengthDelimited);
        var input = item.Value.CreateCodedInput();
        while (input.ReadTag() is var tag && tag != 0)
        {
            if (tag == nameTag)
            {
                return input.ReadString();
            }

            input.SkipLastField();
        }

        return string.Empty;
    }
}
