using System.Collections.Immutable;
using System.Text.Json.Serialization;
using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Standalone;

/// <summary>How <see cref="CanaryState"/> is written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    IgnoreReadOnlyProperties = true,
    Converters =
    [
        typeof(EquatableArrayJsonConverter<int>), typeof(EquatableArrayJsonConverter<string>),
        typeof(EquatableArrayJsonConverter<Approval>), typeof(EquatableArrayJsonConverter<CheckResult>),
        typeof(EquatableArrayJsonConverter<RunRecord>), typeof(EquatableArrayJsonConverter<CanaryEvent>),
        typeof(EquatableArrayJsonConverter<RequestMatch>), typeof(EquatableArrayJsonConverter<NamedMatch>),
    ])]
[JsonSerializable(typeof(CanaryState))]
[JsonSerializable(typeof(ImmutableArray<int>))]
[JsonSerializable(typeof(ImmutableArray<string>))]
[JsonSerializable(typeof(ImmutableArray<Approval>))]
[JsonSerializable(typeof(ImmutableArray<CheckResult>))]
[JsonSerializable(typeof(ImmutableArray<RunRecord>))]
[JsonSerializable(typeof(ImmutableArray<CanaryEvent>))]
[JsonSerializable(typeof(ImmutableArray<RequestMatch>))]
[JsonSerializable(typeof(ImmutableArray<NamedMatch>))]
internal sealed partial class CanaryStateJson : JsonSerializerContext;
