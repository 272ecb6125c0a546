using System.Net;
using System.Net.Sockets;

namespace XdsCanary.TestKit.Processes;

/// <summary>
/// Hands out ports for programs that must be told theirs. A port is never handed out twice, not even to test processes that run
/// side by side, and lies below the range from which the system takes ports for outgoing connections: so a program can be
/// stopped and started again on its port while load makes connections.
/// </summary>
public static class FreePort
{
    private const int First = 20_000;
    private const int Count = 10_000;

    private static readonly Lock Gate = new();
    private static readonly List<FileStream> Claims = [];
    private static int _next = Environment.ProcessId * 37 % Count;

    /// <summary>Claims a port until this process ends.</summary>
    public static int Next()
    {
        lock (Gate)
        {
            for (var tries = 0; tries < Count; tries++)
            {
                var port = First + _next;
                _next = (_next + 1) % Count;
                if (TryClaim(port))
                {
                    return port;
                }
            }
        }

        throw new InvalidOperationException($"No free port between {First} and {First + Count - 1}.");
    }

    private static bool TryClaim(int port)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "xdscanary-test-ports"));
        FileStream claim;
        try
        {
            // The lock goes with the process, however it ends.
            claim = new FileStream(
                Path.Combine(folder.FullName, $"{port}"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return false;
        }

        if (!CanListen(port))
        {
            claim.Dispose();
            return false;
        }

        Claims.Add(claim);
        return true;
    }

    private static bool CanListen(int port)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
