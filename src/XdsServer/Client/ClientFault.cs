namespace XdsCanary.XdsServer.Client;

/// <summary>Why a command could not get what it wanted from the server; the message is for people.</summary>
/// <param name="message">Why.</param>
/// <param name="isUsage">The command was called wrongly.</param>
internal sealed class ClientFault(string message, bool isUsage = false) : Exception(message)
{
    /// <summary>The command was called wrongly.</summary>
    public bool IsUsage => isUsage;
}
