using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Tests.Reconcile;

/// <summary>A source of what a test gives it.</summary>
internal sealed class MemorySource(ObjectSet objects) : IObjectSource
{
    public ObjectSet Current { get; private set; } = objects;

    public bool HasSynced => true;

    public ChangeSignal Changed { get; } = new();

    public void Use(ObjectSet next)
    {
        Current = next;
        Changed.Raise();
    }
}
