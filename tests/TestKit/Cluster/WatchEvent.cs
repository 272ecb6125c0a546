using System.Text.Json.Nodes;

namespace XdsCanary.TestKit.Cluster;

/// <summary>One line of a watch.</summary>
/// <param name="Type">ADDED, MODIFIED, DELETED, BOOKMARK or ERROR.</param>
/// <param name="Object">The object, or the status that says what is wrong.</param>
public sealed record WatchEvent(string Type, JsonObject Object);
