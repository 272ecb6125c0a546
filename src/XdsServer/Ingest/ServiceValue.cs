using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>A Service as written.</summary>
/// <param name="Service">Its part in the mesh.</param>
/// <param name="IsSkipped">True when its owner asked that splits leave it alone.</param>
internal sealed record ServiceValue(Service Service, bool IsSkipped) : DecodedValue;
