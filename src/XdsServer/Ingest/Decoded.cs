using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>The content of an object that could be read.</summary>
internal abstract record DecodedValue;

/// <summary>What a mapper made of one version of an object.</summary>
/// <param name="Value">The content; null when there are faults.</param>
/// <param name="Reason">With faults, the most telling of <see cref="ConditionReasons"/>.</param>
/// <param name="Problems">The faults, all of them.</param>
internal sealed record Decoded(DecodedValue? Value, string Reason, EquatableArray<ObjectProblem> Problems);

/// <summary>A text of an object together with its place, so that what is found out later can still be pointed at.</summary>
/// <param name="Text">The text.</param>
/// <param name="Field">The path of the field.</param>
/// <param name="Line">The line it stands in; 0 when unknown.</param>
internal readonly record struct PlacedText(string Text, string Field, int Line);
