using System.Net;

namespace Engine.Partitions.Redis;

/// <summary>A lane's connection to Redis: one pipe per node, with each command sent to the node of its key. A command
/// that a node temporarily refuses (a moved slot, a loading server, full memory) is kept and retried until it is
/// accepted, so nothing is dropped. Not thread-safe.</summary>
public sealed class RedisWriter(RedisTarget target, TimeProvider clock) : IDisposable
{
    /// <summary>Temporary errors, which pass by themselves or when an operator fixes them. All others are
    /// fatal.</summary>
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

    /// <summary>The number of temporary refusals since the start. A commit that sees it change waits again.</summary>
    public long Refusals { get; private set; }

    /// <summary>The last refusal by Redis, for display.</summary>
    public string? LastRefusal { get; private set; }

    public long BytesUnderWay => _only?.BytesUnderWay ?? _pipes.Values.Sum(pipe => pipe.BytesUnderWay);

    /// <summary>The number of commands written, over all nodes.</summary>
    public long Written => _only?.Written ?? _pipes.Values.Sum(pipe => pipe.Written);

    public long Acknowledged => _only?.Acknowledged ?? _pipes.Values.Sum(pipe => pipe.Acknowledged);

    /// <summary>Whether temporarily refused commands wait to be retried. They could overwrite anything written
    /// meanwhile.</summary>
    public bool HasRefused => _refused.Count > 0;

    /// <summary>Whether everything written so far is acknowledged.</summary>
    public bool IsIdle => _refused.Count == 0 && _pipes.Values.All(pipe => pipe.Acknowledged == pipe.Written);

    /// <summary>Why a connection is down, or null.</summary>
    public string? Down =>
        _pipes
            .Values.Select(pipe => pipe.Down is { } why ? $"{pipe.EndPoint}: {why}" : null)
            .FirstOrDefault(why => why != null);

    /// <summary>The only pipe if there is one node; null on a cluster, and before the first command.</summary>
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

    /// <summary>Marks what is written so far on each pipe, to wait for it.</summary>
    public Mark Now() => new([.. _pipes.Values.Select(pipe => (pipe, pipe.Written))], Refusals);

    /// <summary>Whether everything written before a mark is acknowledged. If a command was refused since the mark, the
    /// mark is set again.</summary>
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

    /// <summary>Polls until there is progress or the time is up.</summary>
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

    /// <summary>Whether an error is temporary; if so, the map of slots is refreshed.</summary>
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
            throw new RespException($"Redis refused a result permanently: {error}");
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
