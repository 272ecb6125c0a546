using Microsoft.Extensions.Primitives;
using XdsCanary.DemoProxy.Model;

namespace XdsCanary.DemoProxy.Tests.Kit;

/// <summary>Requests as routing sees them.</summary>
internal static class Requests
{
    public static RequestFacts Get(string path, string authority = "shop", params (string Name, string Value)[] headers) =>
        new("GET", "http", authority, path, name => headers.Where(header => header.Name == name).Select(header => header.Value).ToArray() is { Length: > 0 } values
            ? new StringValues(values)
            : default);
}
