using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace XdsCanary.TestKit.Traffic;

/// <summary>One answer.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Upstream">The upstream's name; empty if it did not say.</param>
/// <param name="Body">The beginning of the body of a failure; empty otherwise.</param>
/// <param name="Closes">True when the other side will close the connection.</param>
internal readonly record struct Answer(int Status, string Upstream, string Body, bool Closes)
{
    public bool IsSuccess => Status is >= 200 and < 300;
}

/// <summary>
/// Reads HTTP/1.1 answers from a connection, one at a time: as much of the protocol as a load client needs, at a few
/// microseconds an answer, so that the client does not take the processor from what it measures.
/// </summary>
internal sealed class AnswerReader
{
    private const int MaximalAnswer = 64 * 1024;
    private const int MaximalFailureText = 200;

    private readonly byte[] _buffer = new byte[MaximalAnswer];

    /// <summary>Reads one answer.</summary>
    /// <exception cref="IOException">The connection ended before the answer did, or the answer is not HTTP/1.1.</exception>
    public async ValueTask<Answer> ReadAsync(Socket socket)
    {
        var filled = 0;
        var head = -1;
        while (head < 0)
        {
            filled += await ReceiveAsync(socket, filled);
            head = _buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
        }

        var bodyStart = head + 4;
        var header = ParseHead(_buffer.AsSpan(0, head + 2));
        while (!IsComplete(header, _buffer.AsSpan(bodyStart, filled - bodyStart)))
        {
            filled += await ReceiveAsync(socket, filled);
        }

        var answer = new Answer(header.Status, header.Upstream, string.Empty, header.Closes);
        return answer.IsSuccess
            ? answer
            : answer with { Body = TextOf(_buffer.AsSpan(bodyStart, filled - bodyStart)) };
    }

    private static string TextOf(ReadOnlySpan<byte> body) =>
        Encoding.UTF8.GetString(body[..Math.Min(body.Length, MaximalFailureText)]).Trim();

    private static bool IsComplete(in Head head, ReadOnlySpan<byte> body) =>
        head.IsChunked ? body.EndsWith("0\r\n\r\n"u8) : body.Length >= head.ContentLength;

    private static Head ParseHead(ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith("HTTP/1.1 "u8) || !int.TryParse(text.Slice(9, 3), CultureInfo.InvariantCulture, out var status))
        {
            throw new IOException("the answer is not HTTP/1.1");
        }

        var head = new Head { Status = status, Upstream = string.Empty };
        text = text[(text.IndexOf("\r\n"u8) + 2)..];
        while (!text.IsEmpty)
        {
            var end = text.IndexOf("\r\n"u8);
            ParseField(text[..end], ref head);
            text = text[(end + 2)..];
        }

        return head;
    }

    private static void ParseField(ReadOnlySpan<byte> line, ref Head head)
    {
        var colon = line.IndexOf((byte)':');
        if (colon < 0)
        {
            return;
        }

        var name = line[..colon];
        var value = line[(colon + 1)..].Trim((byte)' ');
        if (Ascii.EqualsIgnoreCase(name, "content-length"u8))
        {
            head.ContentLength = int.Parse(value, CultureInfo.InvariantCulture);
        }
        else if (Ascii.EqualsIgnoreCase(name, "x-upstream"u8))
        {
            head.Upstream = Encoding.ASCII.GetString(value);
        }
        else if (Ascii.EqualsIgnoreCase(name, "connection"u8))
        {
            head.Closes = Ascii.EqualsIgnoreCase(value, "close"u8);
        }
        else if (Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8))
        {
            head.IsChunked = Ascii.EqualsIgnoreCase(value, "chunked"u8);
        }
    }

    private async ValueTask<int> ReceiveAsync(Socket socket, int filled)
    {
        if (filled == _buffer.Length)
        {
            throw new IOException("the answer is too long for the load client");
        }

        var received = await socket.ReceiveAsync(_buffer.AsMemory(filled), SocketFlags.None);
        return received > 0
            ? received
            : throw new IOException($"the connection was closed {(filled == 0 ? "before" : "in")} the answer");
    }

    private struct Head
    {
        public int Status;
        public int ContentLength;
        public bool IsChunked;
        public bool Closes;
        public string Upstream;
    }
}
