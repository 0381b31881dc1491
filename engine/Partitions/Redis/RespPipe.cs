using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using Engine.Primitives;

namespace Engine.Partitions.Redis;

/// <summary>What Redis answered to a command that somebody waits for.</summary>
public delegate void ReplyHandler(ReadOnlySpan<byte> reply, bool isError);

/// <summary>
/// A pipelined connection to one Redis: commands are written behind one another into chunks, sent as the socket takes
/// them, and their replies counted. Nothing blocks but <see cref="WaitForReplies"/>. Whatever isn't acknowledged when
/// the connection breaks is sent again on the next, so every command written here must bear repetition. One lane's
/// thread writes and polls. Grammar written: <c>*n CRLF ($length CRLF bytes CRLF)×n</c>; read: <c>+text</c>,
/// <c>-text</c>, <c>:number</c>, <c>$length bytes</c> (RESP2).
/// </summary>
public sealed class RespPipe(EndPoint endPoint, byte[] greeting, int greetingReplies, TimeProvider clock) : IDisposable
{
    private const int ChunkBytes = 128 * 1024;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50),
        LongestPause = TimeSpan.FromSeconds(2),
        ConnectWithin = TimeSpan.FromSeconds(2);

    /// <summary>What most replies are.</summary>
    private static ReadOnlySpan<byte> Ok => "+OK\r\n"u8;

    /// <summary>Many of them behind one another, to compare with at once.</summary>
    private static readonly byte[] Oks = [.. Enumerable.Repeat(Ok.ToArray(), 4096).SelectMany(ok => ok)];

    private sealed class Chunk
    {
        public byte[] Bytes = new byte[ChunkBytes];
        public int Length,
            Commands,
            Acknowledged;
        public readonly List<int> Ends = [];
        public readonly Queue<(int Command, ReplyHandler Handler)> Handlers = new();

        public void Clear()
        {
            (Length, Commands, Acknowledged) = (0, 0, 0);
            Ends.Clear();
            Handlers.Clear();
        }
    }

    private readonly Queue<Chunk> _sent = new();
    private readonly Stack<Chunk> _spare = new();
    private readonly Queue<Chunk> _toSend = new();
    private Chunk _filling = new();
    private Socket? _socket;
    private int _sentOfFirst,
        _greetingSent,
        _greetingsDue;
    private byte[] _received = new byte[64 * 1024];
    private int _receivedLength;
    private long _retryAt;
    private TimeSpan _pause = FirstPause;

    public EndPoint EndPoint { get; } = endPoint;

    /// <summary>Commands written so far, and of them those that Redis has acknowledged, in order.</summary>
    public long Written { get; private set; }

    public long Acknowledged { get; private set; }

    public long BytesUnderWay { get; private set; }

    /// <summary>Why the connection is down; null while it is up, or was never needed.</summary>
    public string? Down { get; private set; }

    /// <summary>
    /// Told of commands that Redis refused and that nobody waits for: the error, and the command as sent.
    /// </summary>
    public Action<string, ReadOnlyMemory<byte>>? Refused { get; set; }

    /// <summary>Begins a command of so many arguments.</summary>
    public void Begin(int arguments)
    {
        if (_filling.Length >= ChunkBytes)
        {
            Seal();
        }

        Raw("*"u8);
        Integer(arguments);
        Raw("\r\n"u8);
    }

    public void Argument(ReadOnlySpan<byte> value)
    {
        Raw("$"u8);
        Integer(value.Length);
        Raw("\r\n"u8);
        Raw(value);
        Raw("\r\n"u8);
    }

    public void Argument(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third)
    {
        Raw("$"u8);
        Integer(first.Length + second.Length + third.Length);
        Raw("\r\n"u8);
        Raw(first);
        Raw(second);
        Raw(third);
        Raw("\r\n"u8);
    }

    /// <summary>Bytes that are RESP already.</summary>
    public void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(_filling, bytes.Length));
        _filling.Length += bytes.Length;
    }

    /// <summary>
    /// <c>SET prefix+id value</c>, and further arguments as RESP: what goes out once a click, so in one piece.
    /// </summary>
    /// <param name="arguments">How many arguments the command has, its name and those in <paramref name="rest"/>
    /// included.</param>
    public void Set(
        int arguments,
        ReadOnlySpan<byte> prefix,
        ReadOnlySpan<byte> id,
        ReadOnlySpan<byte> value,
        ReadOnlySpan<byte> rest
    )
    {
        int most = 64 + prefix.Length + id.Length + value.Length + rest.Length;
        // Sealed before it would have to grow: what is under way is most of a lane's memory on the heap.
        if (_filling.Length + most > ChunkBytes && _filling.Commands > 0)
        {
            Seal();
        }

        Span<byte> into = Room(_filling, most);
        "*0\r\n$3\r\nSET\r\n"u8.CopyTo(into);
        into[1] += (byte)arguments;
        int at = 13;
        at += Length(into[at..], prefix.Length + id.Length);
        prefix.CopyTo(into[at..]);
        id.CopyTo(into[(at + prefix.Length)..]);
        at += prefix.Length + id.Length;
        "\r\n"u8.CopyTo(into[at..]);
        at += 2;
        at += Length(into[at..], value.Length);
        value.CopyTo(into[at..]);
        at += value.Length;
        "\r\n"u8.CopyTo(into[at..]);
        rest.CopyTo(into[(at + 2)..]);
        _filling.Length += at + 2 + rest.Length;
        End();
    }

    private static Span<byte> Room(Chunk chunk, int bytes)
    {
        if (chunk.Bytes.Length - chunk.Length < bytes)
        {
            Array.Resize(
                ref chunk.Bytes,
                (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(chunk.Length + bytes))
            );
        }

        return chunk.Bytes.AsSpan(chunk.Length);
    }

    /// <summary><c>$length CRLF</c></summary>
    private static int Length(Span<byte> into, int length)
    {
        into[0] = (byte)'$';
        Utf8Formatter.TryFormat(length, into[1..], out int digits);
        "\r\n"u8.CopyTo(into[(1 + digits)..]);
        return digits + 3;
    }

    /// <summary>Ends a command; <paramref name="handler"/> gets its reply.</summary>
    public void End(ReplyHandler? handler = null)
    {
        Chunk chunk = _filling;
        chunk.Ends.Add(chunk.Length);
        if (handler != null)
        {
            chunk.Handlers.Enqueue((chunk.Commands, handler));
        }

        chunk.Commands++;
        Written++;
    }

    /// <summary>Sends and receives what can be without waiting. Reconnects, when it is time to.</summary>
    public void Poll()
    {
        if (_filling.Commands > 0)
        {
            Seal();
        }

        if (_socket == null && !TryConnect())
        {
            return;
        }

        try
        {
            Send();
            while (_socket!.Available > 0)
            {
                Receive();
                Send();
            }
            if (_socket.Poll(0, SelectMode.SelectRead) && _socket.Available == 0)
            {
                throw new SocketException((int)SocketError.ConnectionReset);
            }
        }
        catch (SocketException e)
        {
            Disconnect(e.Message);
        }
    }

    /// <summary>Polls until something was acknowledged or the time is over.</summary>
    public void WaitForReplies(int timeoutMs)
    {
        long before = Acknowledged;
        Poll();
        if (Acknowledged != before || Acknowledged == Written)
        {
            return;
        }

        if (_socket == null)
        {
            using var pause = new ManualResetEventSlim();
            pause.Wait(Math.Min(timeoutMs, 20));
        }
        else
        {
            _socket.Poll(timeoutMs * 1000, SelectMode.SelectRead);
        }

        Poll();
    }

    private void Seal()
    {
        BytesUnderWay += _filling.Length;
        _toSend.Enqueue(_filling);
        _filling = _spare.TryPop(out Chunk? spare) ? spare : new Chunk();
    }

    private bool TryConnect()
    {
        if (clock.GetTimestamp() < _retryAt)
        {
            return false;
        }

        try
        {
            Socket socket = NonBlocking.Connect(EndPoint, ConnectWithin);
            (_socket, _greetingSent, _greetingsDue, _sentOfFirst, _receivedLength, Down) = (
                socket,
                0,
                greetingReplies,
                0,
                0,
                null
            );
            // What was sent on the old connection and not acknowledged goes out again, first.
            if (_sent.Count > 0)
            {
                Chunk[] later = [.. _toSend];
                _toSend.Clear();
                foreach (Chunk chunk in _sent.Concat(later))
                {
                    _toSend.Enqueue(chunk);
                }

                _sent.Clear();
            }
            _pause = FirstPause;
            return true;
        }
        catch (Exception e) when (e is SocketException or AggregateException)
        {
            Disconnect((e.InnerException ?? e).Message);
            return false;
        }
    }

    private void Disconnect(string why)
    {
        _socket?.Dispose();
        _socket = null;
        Down = why;
        _retryAt = clock.GetTimestamp() + (long)(_pause.TotalSeconds * clock.TimestampFrequency);
        _pause = TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, LongestPause.Ticks));
    }

    private void Send()
    {
        while (_greetingSent < greeting.Length)
        {
            int sent = _socket!.Send(greeting.AsSpan(_greetingSent), SocketFlags.None, out SocketError error);
            if (error == SocketError.WouldBlock)
            {
                return;
            }

            if (error != SocketError.Success)
            {
                throw new SocketException((int)error);
            }

            _greetingSent += sent;
        }
        while (_toSend.TryPeek(out Chunk? chunk))
        {
            // A chunk of which a part was acknowledged on the last connection begins behind that part.
            int from = Math.Max(_sentOfFirst, chunk.Acknowledged == 0 ? 0 : chunk.Ends[chunk.Acknowledged - 1]);
            int sent = _socket!.Send(
                chunk.Bytes.AsSpan(from, chunk.Length - from),
                SocketFlags.None,
                out SocketError error
            );
            if (error == SocketError.WouldBlock)
            {
                return;
            }

            if (error != SocketError.Success)
            {
                throw new SocketException((int)error);
            }

            _sentOfFirst = from + sent;
            if (_sentOfFirst < chunk.Length)
            {
                continue;
            }

            _toSend.Dequeue();
            _sent.Enqueue(chunk);
            _sentOfFirst = 0;
        }
    }

    private void Receive()
    {
        if (_receivedLength == _received.Length)
        {
            Array.Resize(ref _received, _received.Length * 2);
        }

        int read = _socket!.Receive(_received.AsSpan(_receivedLength), SocketFlags.None, out SocketError error);
        if (error == SocketError.WouldBlock)
        {
            return;
        }

        if (error != SocketError.Success || read == 0)
        {
            throw new SocketException(error == SocketError.Success ? (int)SocketError.ConnectionReset : (int)error);
        }

        _receivedLength += read;
        int at = _greetingsDue == 0 ? AcknowledgeOks(0) : 0;
        while (TryReply(at, out int next, out ReadOnlySpan<byte> reply, out bool isError))
        {
            at = next;
            if (_greetingsDue > 0)
            {
                _greetingsDue--;
                if (isError)
                {
                    throw new RespException(
                        $"Redis at {EndPoint} refused the connection's greeting: "
                            + $"{System.Text.Encoding.UTF8.GetString(reply)}"
                    );
                }

                continue;
            }
            Acknowledge(reply, isError);
            at = AcknowledgeOks(at);
        }
        _received.AsSpan(at, _receivedLength - at).CopyTo(_received);
        _receivedLength -= at;
    }

    /// <summary>
    /// Takes replies from a place on as long as they are OK and nobody waits for them; the place behind them.
    /// </summary>
    private int AcknowledgeOks(int at)
    {
        int oks = _received.AsSpan(at, _receivedLength - at).CommonPrefixLength(Oks) / Ok.Length,
            taken = 0;
        while (taken < oks)
        {
            Chunk chunk = First;
            int silent =
                (chunk.Handlers.TryPeek(out (int Command, ReplyHandler) waiting) ? waiting.Command : chunk.Commands)
                - chunk.Acknowledged;
            int count = Math.Min(oks - taken, silent);
            if (count == 0)
            {
                break;
            }

            chunk.Acknowledged += count;
            Acknowledged += count;
            taken += count;
            LetGo(chunk);
        }
        return at + taken * Ok.Length;
    }

    /// <summary>The chunk whose replies come next.</summary>
    private Chunk First => _sent.Count > 0 ? _sent.Peek() : _toSend.Peek();

    private void Acknowledge(ReadOnlySpan<byte> reply, bool isError)
    {
        Chunk chunk = First;
        int command = chunk.Acknowledged++;
        Acknowledged++;
        if (chunk.Handlers.TryPeek(out (int Command, ReplyHandler Handler) waiting) && waiting.Command == command)
        {
            chunk.Handlers.Dequeue();
            waiting.Handler(reply, isError);
        }
        else if (isError)
        {
            int start = command == 0 ? 0 : chunk.Ends[command - 1];
            Refused?.Invoke(
                System.Text.Encoding.UTF8.GetString(reply),
                chunk.Bytes.AsMemory(start, chunk.Ends[command] - start)
            );
        }
        LetGo(chunk);
    }

    /// <summary>A chunk that is acknowledged whole can be filled again.</summary>
    private void LetGo(Chunk chunk)
    {
        if (chunk.Acknowledged < chunk.Commands || _sent.Count == 0)
        {
            return;
        }

        _sent.Dequeue();
        BytesUnderWay -= chunk.Length;
        chunk.Clear();
        _spare.Push(chunk);
    }

    /// <summary>One reply from a place in what was received; false while it isn't all there.</summary>
    private bool TryReply(int at, out int next, out ReadOnlySpan<byte> reply, out bool isError)
    {
        next = at;
        reply = default;
        isError = false;
        ReadOnlySpan<byte> received = _received.AsSpan(at, _receivedLength - at);
        int line = received.IndexOf("\r\n"u8);
        if (line < 1)
        {
            return false;
        }

        ReadOnlySpan<byte> text = received[1..line];
        switch (received[0])
        {
            case (byte)'+' or (byte)':':
                break;
            case (byte)'-':
                isError = true;
                break;
            case (byte)'$':
                if (!Utf8Parser.TryParse(text, out int length, out _))
                {
                    throw new RespException($"Redis at {EndPoint} sent a length that is no number");
                }

                if (length < 0)
                {
                    break;
                }

                if (received.Length < line + 4 + length)
                {
                    return false;
                }

                reply = received.Slice(line + 2, length);
                next = at + line + 4 + length;
                return true;
            default:
                throw new RespException(
                    $"Redis at {EndPoint} sent a reply of an unexpected kind '{(char)received[0]}'"
                );
        }
        reply = text;
        next = at + line + 2;
        return true;
    }

    private void Integer(int value)
    {
        Span<byte> digits = stackalloc byte[12];
        Utf8Formatter.TryFormat(value, digits, out int written);
        Raw(digits[..written]);
    }

    public void Dispose() => _socket?.Dispose();
}

/// <summary>Redis said something that can't be gone on from.</summary>
public sealed class RespException(string message) : Exception(message);
