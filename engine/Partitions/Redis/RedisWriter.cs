using System.Net;

namespace Engine.Partitions.Redis;

/// <summary>
/// A lane's way to Redis: one pipe a node, commands to the node that holds their key. A command that a node refuses for
/// now (a slot that moved, a server that loads, memory that is full) is kept and tried again, until it is taken:
/// nothing is dropped. Not for two threads.
/// </summary>
public sealed class RedisWriter(RedisTarget target, TimeProvider clock) : IDisposable
{
    /// <summary>What passes by itself, or when somebody mends it; all else can't be gone on from.</summary>
    private static readonly string[] Passing =
    [
        "MOVED",
        "ASK",
        "TRYAGAIN",
        "CLUSTERDOWN",
        "LOADING",
        "READONLY",
        "OOM",
        "MISCONF",
        "BUSY",
        "MASTERDOWN",
        "NOREPLICAS",
    ];

    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<EndPoint, RespPipe> _pipes = [];
    private readonly Queue<byte[]> _refused = new();
    private RespPipe? _only;
    private long _retryAt;

    /// <summary>Commands that were refused for now, since the start; a commit that sees it change waits anew.</summary>
    public long Refusals { get; private set; }

    /// <summary>The last thing Redis refused, for people to read.</summary>
    public string? LastRefusal { get; private set; }

    public long BytesUnderWay => _only?.BytesUnderWay ?? _pipes.Values.Sum(pipe => pipe.BytesUnderWay);

    /// <summary>Commands written, and acknowledged, over all nodes.</summary>
    public long Written => _only?.Written ?? _pipes.Values.Sum(pipe => pipe.Written);

    public long Acknowledged => _only?.Acknowledged ?? _pipes.Values.Sum(pipe => pipe.Acknowledged);

    /// <summary>
    /// Whether commands that were refused for now wait to be tried again: what is written meanwhile could be overtaken
    /// by them.
    /// </summary>
    public bool HasRefused => _refused.Count > 0;

    /// <summary>Whether everything written so far is acknowledged.</summary>
    public bool IsIdle => _refused.Count == 0 && _pipes.Values.All(pipe => pipe.Acknowledged == pipe.Written);

    /// <summary>Why a connection is down, or null.</summary>
    public string? Down =>
        _pipes
            .Values.Select(pipe => pipe.Down is { } why ? $"{pipe.EndPoint}: {why}" : null)
            .FirstOrDefault(why => why != null);

    /// <summary>The one pipe where there is one node; null on a cluster, and before the first command.</summary>
    public RespPipe? Only => _only;

    public RespPipe PipeFor(ReadOnlySpan<byte> key)
    {
        if (_only != null)
        {
            return _only;
        }

        RespPipe pipe = PipeTo(target.NodeOf(key));
        if (!target.IsCluster)
        {
            _only = pipe;
        }

        return pipe;
    }

    /// <summary>How far each pipe is written: a mark to wait for.</summary>
    public Mark Now() => new([.. _pipes.Values.Select(pipe => (pipe, pipe.Written))], Refusals);

    /// <summary>
    /// Whether all that was written before a mark is acknowledged. A mark in whose time something was refused is set
    /// anew.
    /// </summary>
    public bool IsReached(ref Mark mark)
    {
        if (mark.Refusals != Refusals || _refused.Count > 0)
        {
            mark = Now();
            return false;
        }
        foreach ((RespPipe pipe, long written) in mark.Pipes)
        {
            if (pipe.Acknowledged < written)
            {
                return false;
            }
        }

        return true;
    }

    public void Poll()
    {
        Retry();
        foreach (RespPipe pipe in _pipes.Values)
        {
            pipe.Poll();
        }
    }

    /// <summary>Polls until something moves or the time is over.</summary>
    public void Wait(int timeoutMs)
    {
        Retry();
        RespPipe? busiest = null;
        foreach (RespPipe pipe in _pipes.Values)
        {
            pipe.Poll();
            if (busiest == null || pipe.Written - pipe.Acknowledged > busiest.Written - busiest.Acknowledged)
            {
                busiest = pipe;
            }
        }
        busiest?.WaitForReplies(timeoutMs);
    }

    /// <summary>Whether an error passes; a refusal for now makes the map of slots be asked for again.</summary>
    public bool Passes(string error)
    {
        LastRefusal = error;
        if (!Passing.Any(word => error.StartsWith(word, StringComparison.Ordinal)))
        {
            return false;
        }

        target.RefreshSoon();
        return true;
    }

    public readonly record struct Mark((RespPipe Pipe, long Written)[] Pipes, long Refusals);

    private RespPipe PipeTo(EndPoint node)
    {
        if (_pipes.TryGetValue(node, out RespPipe? pipe))
        {
            return pipe;
        }

        (byte[] greeting, int replies) = target.Greeting();
        pipe = new RespPipe(node, greeting, replies, clock) { Refused = Refuse };
        _pipes.Add(node, pipe);
        return pipe;
    }

    private void Refuse(string error, ReadOnlyMemory<byte> command)
    {
        if (!Passes(error))
        {
            throw new RespException($"Redis refused a result for good: {error}");
        }

        if (_refused.Count == 0)
        {
            _retryAt = clock.GetTimestamp() + (long)(RetryAfter.TotalSeconds * clock.TimestampFrequency);
        }

        _refused.Enqueue(command.ToArray());
        Refusals++;
    }

    private void Retry()
    {
        if (_refused.Count == 0 || clock.GetTimestamp() < _retryAt)
        {
            return;
        }

        for (int left = _refused.Count; left > 0; left--)
        {
            byte[] command = _refused.Dequeue();
            RespPipe pipe = PipeFor(KeyOf(command));
            int arguments = 0;
            _ = System.Buffers.Text.Utf8Parser.TryParse(command.AsSpan(1), out arguments, out int digits);
            pipe.Begin(arguments);
            pipe.Raw(command.AsSpan(1 + digits + 2));
            pipe.End();
        }
    }

    /// <summary>The second argument of a command in RESP: <c>*n $length name $length key …</c>.</summary>
    private static ReadOnlySpan<byte> KeyOf(ReadOnlySpan<byte> command)
    {
        ReadOnlySpan<byte> rest = command[(command.IndexOf("\r\n"u8) + 2)..];
        rest = rest[(rest.IndexOf("\r\n"u8) + 2)..];
        rest = rest[(rest.IndexOf("\r\n"u8) + 2)..];
        int line = rest.IndexOf("\r\n"u8);
        _ = System.Buffers.Text.Utf8Parser.TryParse(rest[1..line], out int length, out _);
        return rest.Slice(line + 2, length);
    }

    public void Dispose()
    {
        foreach (RespPipe pipe in _pipes.Values)
        {
            pipe.Dispose();
        }
    }
}
