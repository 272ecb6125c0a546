namespace XdsCanary.XdsServer.Demo;

/// <summary>Where the demo writes the weights that it wants.</summary>
internal interface ITrafficWeights
{
    /// <summary>Asks for weights.</summary>
    /// <param name="v1">The weight of version 1.</param>
    /// <param name="v2">The weight of version 2.</param>
    void SetWeights(int v1, int v2);
}
