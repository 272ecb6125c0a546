namespace XdsCanary.CanaryEngine.Reconcile;

/// <summary>What has to happen before a replica that has come to lead looks after canaries.</summary>
internal interface ITermPreparation
{
    /// <summary>Takes over from the leader before: forgets what was remembered, and reads what that one wrote last.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    Task PrepareAsync(CancellationToken cancellationToken);
}
