using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace XdsCanary.KubeRuntime;

/// <summary>
/// Reads and writes an <see cref="EquatableArray{T}"/> as a JSON list. The type information of
/// <see cref="ImmutableArray{T}"/> must be among that of the options, so that nothing is looked up by reflection.
/// </summary>
/// <typeparam name="T">The items.</typeparam>
public sealed class EquatableArrayJsonConverter<T> : JsonConverter<EquatableArray<T>>
{
    /// <inheritdoc/>
    public override EquatableArray<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonSerializer.Deserialize(ref reader, Items(options));

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, EquatableArray<T> value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value.Items, Items(options));

    private static JsonTypeInfo<ImmutableArray<T>> Items(JsonSerializerOptions options) =>
        (JsonTypeInfo<ImmutableArray<T>>)options.GetTypeInfo(typeof(ImmutableArray<T>));
}
