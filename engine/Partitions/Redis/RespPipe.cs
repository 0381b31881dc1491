using System.Net;

namespace Engine.Partitions.Redis;

/// <summary>Handles the reply to a command.</summary>
public delegate void ReplyHandler(ReadOnlySpan<byte> reply, bool isError);

/// <summary>A pipelined connection to one Redis node. Commands are appended to chunks, sent as the socket accepts them,
/// and their replies are counted. Only <see cref="WaitForReplies"/> blocks. When the connection breaks, unacknowledged
/// commands are sent again on the next one, so every command must be idempotent. Only the lane's thread may write and
/// poll. Formats: <see cref="CommandChunk"/>, <see cref="RespReply"/>.</summary>
public sealed class RespPipe(EndPoint endPoint, PipeOpening opening, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50),
        LongestPause = TimeSpan.FromSeconds(2);

    /// <summary>Errors that Redis sends before it closes a connection it doesn't accept. They answer no
    /// command.</summary>
    private static readonly string[] Farewells = ["ERR max number of clients reached", "DENIED"];

    /// <summary>The most frequent reply.</summary>
    private static ReadOnlySpan<byte> Ok => "+OK\r\n"u8;

    /// <summary>Many such replies in a row, to compare with at once.</summary>
    private static readonly byte[] Oks = [.. Enumerable.Repeat(Ok.ToArray(), 4096).SelectMany(ok => ok)];

    private readonly Queue<CommandChunk> _sent = new();
    private readonly Stack<CommandChunk> _spare = new();
    private readonly Queue<CommandChunk> _toSend = new();
    private CommandChunk _filling = new();
    private INodeConnection? _node;
    private int _sentOfFirst,
        _greetingSent,
        _greetingsDue;
    private byte[] _received = new byte[64 * 1024];
    private int _receivedLength;
    private long _retryAt;
    private TimeSpan _pause = FirstPause;
    private long _heardAt,
        _waitingSince;

    public EndPoint EndPoint { get; } = endPoint;

    /// <summary>The number of commands written so far.</summary>
    public long Written { get; private set; }

    public long Acknowledged { get; private set; }

    public long BytesUnderWay { get; private set; }

    /// <summary>The time that commands have waited for the next reply; zero if none wait.</summary>
    public TimeSpan Silence =>
        Acknowledged == Written ? TimeSpan.Zero : clock.GetElapsedTime(Math.Max(_heardAt, _waitingSince));

    /// <summary>Why the connection is down; null while it is up, or was never needed.</summary>
    public string? Down { get; private set; }

    /// <summary>Called when Redis refuses a command without a handler: gets the error and the command as
    /// sent.</summary>
    public Action<string, ReadOnlyMemory<byte>>? Refused { get; set; }

    /// <summary>Begins a command with a number of arguments.</summary>
    public void Begin(int arguments)
    {
        if (_filling.Length >= CommandChunk.FullBytes)
        {
            Seal();
        }

        _filling.Begin(arguments);
    }

    public void Argument(ReadOnlySpan<byte> value) => _filling.Argument(value);

    public void Argument(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third) =>
        _filling.Argument(first, second, third);

    /// <summary>Adds bytes that are RESP already.</summary>
    public void Raw(ReadOnlySpan<byte> bytes) => _filling.Raw(bytes);

    /// <summary>Ends a command; <paramref name="handler"/> gets its reply.</summary>
    public void End(ReplyHandler? handler = null)
    {
        _filling.End(handler);
        Written++;
    }

    /// <summary>Writes <c>SET prefix+id value</c>, and further arguments as RESP.</summary>
    /// <param name="arguments">The number of arguments of the command, including its name and those in
    /// <paramref name="rest"/>.</param>
    public void Set(
        int arguments,
        ReadOnlySpan<byte> prefix,
        ReadOnlySpan<byte> id,
        ReadOnlySpan<byte> value,
        ReadOnlySpan<byte> rest
    )
    {
        // Seal a chunk before it would grow: bytes under way are most of a lane's heap.
        if (
            _filling.Commands > 0
            && _filling.Length + CommandChunk.MaxSetBytes(prefix, id, value, rest) > CommandChunk.FullBytes
        )
        {
            Seal();
        }

        _filling.Set(arguments, prefix, id, value, rest);
        Written++;
    }

    /// <summary>Sends and receives what it can without waiting. Reconnects when due.</summary>
    public void Poll()
    {
        if (_filling.Commands > 0)
        {
            Seal();
        }

        if (_node == null && !TryConnect())
        {
            return;
        }

        try
        {
            do
            {
                Send();
            } while (Receive());
        }
        catch (IOException e)
        {
            Disconnect(e.Message);
        }
    }

    /// <summary>Polls until something is acknowledged or the time is up.</summary>
    public void WaitForReplies(int timeoutMs)
    {
        long before = Acknowledged;
        Poll();
        if (Acknowledged != before || Acknowledged == Written)
        {
            return;
        }

        if (_node == null)
        {
            using var pause = new ManualResetEventSlim();
            pause.Wait(Math.Min(timeoutMs, 20));
        }
        else
        {
            _node.Wait(timeoutMs);
        }

        Poll();
    }

    /// <summary>Passes on all unacknowledged commands in order, to be written to another node. The pipe can't be used
    /// afterwards.</summary>
    public void HandOver(Action<ReadOnlyMemory<byte>, ReplyHandler?> take)
    {
        Disconnect("another node has taken over");
        Seal();
        CommandChunk[] chunks = [.. _sent, .. _toSend];
        _sent.Clear();
        _toSend.Clear();
        (Written, BytesUnderWay) = (Acknowledged, 0);
        foreach (CommandChunk chunk in chunks)
        {
            for (int command = chunk.Acknowledged; command < chunk.Commands; command++)
            {
                bool isAwaited =
                    chunk.Handlers.TryPeek(out (int Command, ReplyHandler Handler) waiting)
                    && waiting.Command == command;
                take(chunk.Command(command), isAwaited ? chunk.Handlers.Dequeue().Handler : null);
            }
        }
    }

    private void Seal()
    {
        if (_sent.Count + _toSend.Count == 0)
        {
            _waitingSince = clock.GetTimestamp();
        }

        BytesUnderWay += _filling.Length;
        _toSend.Enqueue(_filling);
        _filling = _spare.TryPop(out CommandChunk? spare) ? spare : new CommandChunk();
    }

    private bool TryConnect()
    {
        if (clock.GetTimestamp() < _retryAt)
        {
            return false;
        }

        try
        {
            _node = opening.Connect(EndPoint, clock);
            (_greetingSent, _greetingsDue, _sentOfFirst, _receivedLength) = (0, opening.Replies, 0, 0);
            if (opening.Replies == 0)
            {
                IsOpen();
            }

            // Unacknowledged commands of the old connection are sent again, first.
            if (_sent.Count > 0)
            {
                CommandChunk[] later = [.. _toSend];
                _toSend.Clear();
                foreach (CommandChunk chunk in _sent.Concat(later))
                {
                    _toSend.Enqueue(chunk);
                }

                _sent.Clear();
            }
            return true;
        }
        catch (IOException e)
        {
            Disconnect(e.Message);
            return false;
        }
    }

    /// <summary>Only now the pause begins anew: a server that refuses the greeting is tried less and less often, and
    /// <see cref="Down"/> says why meanwhile.</summary>
    private void IsOpen() => (Down, _pause) = (null, FirstPause);

    private void Disconnect(string why)
    {
        _node?.Dispose();
        _node = null;
        Down = why;
        _retryAt = clock.GetTimestamp() + (long)(_pause.TotalSeconds * clock.TimestampFrequency);
        _pause = TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, LongestPause.Ticks));
    }

    private void Send()
    {
        while (_greetingSent < opening.Greeting.Length)
        {
            int sent = _node!.Send(opening.Greeting.AsSpan(_greetingSent));
            if (sent == 0)
            {
                return;
            }

            _greetingSent += sent;
        }
        while (_toSend.TryPeek(out CommandChunk? chunk))
        {
            // Skip the part of a chunk that was acknowledged on the last connection.
            int from = Math.Max(_sentOfFirst, chunk.UnacknowledgedFrom);
            int sent = _node!.Send(chunk.Bytes.AsSpan(from, chunk.Length - from));
            if (sent == 0)
            {
                return;
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

    /// <summary>Receives replies. Returns false if none have arrived, or the connection is down.</summary>
    private bool Receive()
    {
        if (_receivedLength == _received.Length)
        {
            Array.Resize(ref _received, _received.Length * 2);
        }

        int read = _node!.Receive(_received.AsSpan(_receivedLength));
        if (read == 0)
        {
            return false;
        }

        _receivedLength += read;
        _heardAt = clock.GetTimestamp();
        int at = _greetingsDue == 0 ? AcknowledgeOks(0) : 0;
        while (
            RespReply.TryRead(
                _received.AsSpan(at, _receivedLength - at),
                EndPoint,
                out int length,
                out ReadOnlySpan<byte> reply,
                out bool isError
            )
        )
        {
            at += length;
            if (IsFarewell(reply, isError) || (_greetingsDue > 0 && isError) || !ExpectsReply)
            {
                Disconnect(System.Text.Encoding.UTF8.GetString(reply));
                return false;
            }

            if (_greetingsDue > 0)
            {
                if (--_greetingsDue == 0)
                {
                    IsOpen();
                }

                continue;
            }

            Acknowledge(reply, isError);
            at = AcknowledgeOks(at);
        }
        _received.AsSpan(at, _receivedLength - at).CopyTo(_received);
        _receivedLength -= at;
        return true;
    }

    /// <summary>Consumes replies from a position while they are OK and have no handler. Returns the position after
    /// them.</summary>
    private int AcknowledgeOks(int at)
    {
        int oks = _received.AsSpan(at, _receivedLength - at).CommonPrefixLength(Oks) / Ok.Length,
            taken = 0;
        while (taken < oks && ExpectsReply)
        {
            CommandChunk chunk = First;
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

    private static bool IsFarewell(ReadOnlySpan<byte> reply, bool isError)
    {
        if (!isError)
        {
            return false;
        }

        string text = System.Text.Encoding.UTF8.GetString(reply);
        return Array.Exists(Farewells, farewell => text.StartsWith(farewell, StringComparison.Ordinal));
    }

    /// <summary>Whether a reply is expected.</summary>
    private bool ExpectsReply => _greetingsDue > 0 || _sent.Count > 0 || _sentOfFirst > 0;

    /// <summary>The chunk of the next replies.</summary>
    private CommandChunk First => _sent.Count > 0 ? _sent.Peek() : _toSend.Peek();

    private void Acknowledge(ReadOnlySpan<byte> reply, bool isError)
    {
        CommandChunk chunk = First;
        int command = chunk.Acknowledged++;
        Acknowledged++;
        if (chunk.Handlers.TryPeek(out (int Command, ReplyHandler Handler) waiting) && waiting.Command == command)
        {
            chunk.Handlers.Dequeue();
            waiting.Handler(reply, isError);
        }
        else if (isError)
        {
            Refused?.Invoke(System.Text.Encoding.UTF8.GetString(reply), chunk.Command(command));
        }
        LetGo(chunk);
    }

    /// <summary>Recycles a chunk once it is fully acknowledged.</summary>
    private void LetGo(CommandChunk chunk)
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

    public void Dispose() => _node?.Dispose();
}
