using System.Net;
using System.Net.Sockets;

namespace XdsCanary.XdsServer.Hosting;

/// <summary>
/// Finds out which port keeps the server from starting, and says so by the names of the setting. The web server's own exceptions
/// name neither the setting nor, for some causes, the port. Asked only after a start has failed.
/// </summary>
internal static class PortFaults
{
    /// <summary>Looks for a port that can't be listened on.</summary>
    /// <param name="options">The settings.</param>
    /// <returns>One sentence; null when the ports are not to blame.</returns>
    public static string? Find(ServerOptions options) =>
        Find(nameof(options.XdsPort), options.XdsPort, nameof(options.XdsAddress), options.XdsAddress)
            ?? Find(nameof(options.AdminPort), options.AdminPort, nameof(options.AdminAddress), options.AdminAddress);

    private static string? Find(string portProperty, int port, string addressProperty, string address)
    {
        var endpoint = new IPEndPoint(IPAddress.Parse(address), port);
        try
        {
            using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(endpoint);
            socket.Listen();
            return null;
        }
        catch (SocketException fault)
        {
            return fault.SocketErrorCode == SocketError.AddressNotAvailable
                ? $"{SettingCatalog.Of(addressProperty).Names} names {address}, which is not an address of this machine."
                : $"{SettingCatalog.Of(portProperty).Names} names port {port} of {address}, "
                    + (fault.SocketErrorCode == SocketError.AddressAlreadyInUse
                        ? "which another program uses; stop that one, or choose another port."
                        : $"which cannot be listened on: {fault.Message}.");
        }
    }
}
