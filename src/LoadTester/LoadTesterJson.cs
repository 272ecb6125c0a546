using System.Text.Json.Serialization;
using XdsCanary.LoadTester.Gates;
using XdsCanary.LoadTester.Load;

namespace XdsCanary.LoadTester;

/// <summary>The JSON that this program reads and writes.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = false)]
[JsonSerializable(typeof(HookPayload))]
[JsonSerializable(typeof(LoadReport))]
[JsonSerializable(typeof(GateState))]
internal sealed partial class LoadTesterJson : JsonSerializerContext;
