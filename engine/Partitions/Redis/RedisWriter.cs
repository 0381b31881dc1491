using System.Net;

namespace Engine.Partitions.Redis;

/// <summary>A lane's connection to Redis: one pipe per node, with each command sent to the node of its key. A command
/// that a node temporarily refuses (a moved slot, a loading server, full memory) is kept and retried until it is
/// accepted, so nothing is dropped. Not thread-safe.</summary>
public sealed class RedisWriter(RedisTarget target, TimeProvider clock) : IDisposable
{
    /// <summary>After this time without a reply, another node may have taken over.</summary>
    private static readonly TimeSpan SilentAfter = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(100);

    /// <summary>The time for which a script's refusal is shown: it has been tried again by then.</summary>
    private static readonly TimeSpan StillRefused = TimeSpan.FromSeconds(1);

    private readonly Dictionary<EndPoint, RespPipe> _pipes = [];
    private readonly Queue<byte[]> _refused = new();
    private RedisMap _map = target.Map;
    private RespPipe? _only;
    private long _acknowledgedByFormer;

    /// <summary>Whether commands were refused and not all have been accepted since: while they are tried again, none is
    /// refused for a moment.</summary>
    private bool _isRefusing;
    private long _retryAt,
        _scriptRefusedAt;

    /// <summary>The number of temporary refusals and of node changes since the start. A commit that sees it change
    /// waits again.</summary>
    public long Refusals { get; private set; }

    /// <summary>The number of masters that others have replaced since the start. What they acknowledged last may be
    /// lost.</summary>
    public long Replaced { get; private set; }

    /// <summary>The last refusal by Redis, for display.</summary>
    public string? LastRefusal { get; private set; }

    /// <summary>What keeps commands from being written at present, or null: a connection that is down, or a temporary
    /// refusal.</summary>
    public string? Trouble => Down ?? (_isRefusing || RefusedScriptWithin(StillRefused) ? LastRefusal : null);

    /// <summary>Whether a script was refused a moment ago, so that it would be again.</summary>
    public bool ScriptsPause => RefusedScriptWithin(RetryAfter);

    public long BytesUnderWay => _only?.BytesUnderWay ?? _pipes.Values.Sum(pipe => pipe.BytesUnderWay);

    /// <summary>The number of commands written, over all nodes.</summary>
    public long Written => _acknowledgedByFormer + (_only?.Written ?? _pipes.Values.Sum(pipe => pipe.Written));

    public long Acknowledged =>
        _acknowledgedByFormer + (_only?.Acknowledged ?? _pipes.Values.Sum(pipe => pipe.Acknowledged));

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

        RespPipe pipe = PipeTo(_map.NodeOf(key));
        if (_map.IsSingle)
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
        FollowNodes();
        Retry();
        foreach (RespPipe pipe in _pipes.Values)
        {
            pipe.Poll();
        }

        _isRefusing &= !IsIdle;
    }

    /// <summary>Polls until there is progress or the time is up.</summary>
    public void Wait(int timeoutMs)
    {
        FollowNodes();
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
    private bool Passes(string error)
    {
        LastRefusal = error;
        if (!RedisRefusal.IsTemporary(error))
        {
            return false;
        }

        target.RefreshSoon();
        return true;
    }

    /// <summary>Whether a script's error is temporary; if so, its sender sends it again once
    /// <see cref="ScriptsPause"/> is over.</summary>
    public bool ScriptPasses(string error)
    {
        if (!Passes(error))
        {
            return false;
        }

        _scriptRefusedAt = clock.GetTimestamp();
        return true;
    }

    private bool RefusedScriptWithin(TimeSpan time) =>
        _scriptRefusedAt != 0 && clock.GetElapsedTime(_scriptRefusedAt) < time;

    public readonly record struct Mark((RespPipe Pipe, long Written)[] Pipes, long Refusals);

    /// <summary>Moves unacknowledged commands away from nodes that have left the map, each key's in order. Refreshes
    /// the map while a node is down or doesn't reply. Keys change nodes only here, so no command overtakes an
    /// earlier one of its key.</summary>
    private void FollowNodes()
    {
        foreach (RespPipe pipe in _pipes.Values)
        {
            if (pipe.Down != null || pipe.Silence > SilentAfter)
            {
                target.RefreshSoon();
            }
        }

        if (target.Map == _map)
        {
            return;
        }

        (_map, _only) = (target.Map, null);
        foreach (RespPipe former in _pipes.Values.Where(pipe => !_map.Has(pipe.EndPoint)).ToArray())
        {
            _pipes.Remove(former.EndPoint);
            former.HandOver(WriteAgain);
            _acknowledgedByFormer += former.Acknowledged;
            former.Dispose();
            Replaced++;
        }

        Refusals++;
    }

    private RespPipe PipeTo(EndPoint node)
    {
        if (_pipes.TryGetValue(node, out RespPipe? pipe))
        {
            return pipe;
        }

        pipe = new RespPipe(node, target.Opening, clock) { Refused = Refuse };
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

        _isRefusing = true;
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
            Write(_refused.Dequeue());
        }
    }

    /// <summary>Writes a command of a former master to the node that has its key now. A commit isn't: it covers results
    /// that may be lost.</summary>
    private void WriteAgain(ReadOnlyMemory<byte> command, ReplyHandler? handler)
    {
        if (handler == null)
        {
            Write(command);
        }
        else
        {
            handler("MASTERDOWN another node has taken over"u8, isError: true);
        }
    }

    /// <summary>Writes a command in RESP to the node of its key.</summary>
    private void Write(ReadOnlyMemory<byte> command)
    {
        ReadOnlySpan<byte> bytes = command.Span;
        RespPipe pipe = PipeFor(KeyOf(bytes));
        _ = System.Buffers.Text.Utf8Parser.TryParse(bytes[1..], out int arguments, out int digits);
        pipe.Begin(arguments);
        pipe.Raw(bytes[(1 + digits + 2)..]);
        pipe.End();
    }

    /// <summary>The key of a command in RESP, <c>*n ($length argument)×n</c>: the second argument, or the fourth of a
    /// script (<c>EVAL script keys key …</c>).</summary>
    private static ReadOnlySpan<byte> KeyOf(ReadOnlySpan<byte> command)
    {
        ReadOnlySpan<byte> rest = command[(command.IndexOf("\r\n"u8) + 2)..];
        bool isScript = Argument(ref rest).SequenceEqual("EVAL"u8);
        for (int skipped = isScript ? 2 : 0; skipped > 0; skipped--)
        {
            Argument(ref rest);
        }

        return Argument(ref rest);
    }

    private static ReadOnlySpan<byte> Argument(scoped ref ReadOnlySpan<byte> rest)
    {
        int line = rest.IndexOf("\r\n"u8);
        _ = System.Buffers.Text.Utf8Parser.TryParse(rest[1..line], out int length, out _);
        ReadOnlySpan<byte> argument = rest.Slice(line + 2, length);
        rest = rest[(line + 2 + length + 2)..];
        return argument;
    }

    public void Dispose()
    {
        foreach (RespPipe pipe in _pipes.Values)
        {
            pipe.Dispose();
        }
    }
}
