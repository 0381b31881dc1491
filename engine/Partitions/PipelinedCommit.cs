using System.Buffers.Text;
using System.Text;
using Engine.Partitions.Redis;
using Engine.Primitives;

namespace Engine.Partitions;

/// <summary>A commit sent through a lane's own connection, after the results that it covers. It is built as RESP in
/// reused memory, so even hundreds of hashes allocate no objects. Grammar: <see cref="ProgressCommitter"/>. Call
/// <see cref="Clear"/>, then for each hash <see cref="Hash"/>, its increments and its sets, then
/// <see cref="Send"/>.</summary>
public sealed class PipelinedCommit
{
    private static readonly byte[] Script = Encoding.ASCII.GetBytes(ProgressCommitter.Script.ReplaceLineEndings("\n"));

    private readonly Utf8Builder _keys = new(),
        _blocks = new();
    private int _hashes,
        _arguments;

    /// <summary>The blocks as RESP.</summary>
    public ReadOnlySpan<byte> Blocks => _blocks.Written;

    public void Clear()
    {
        _keys.Clear();
        _blocks.Clear();
        (_hashes, _arguments) = (0, 0);
    }

    /// <summary>Begins a hash, to be followed by the given numbers of increments and then sets.</summary>
    public void Hash(ReadOnlySpan<byte> key, int increments, int sets, bool renew)
    {
        Write(_keys, key);
        _hashes++;
        Add(increments);
        Add(sets);
        Add(renew ? 1 : 0);
    }

    /// <summary>Adds an increment by an amount, or a set to a value.</summary>
    public void Field(ReadOnlySpan<byte> name, long value)
    {
        Add(name);
        Add(value);
    }

    /// <summary>Adds a set to a text.</summary>
    public void Field(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Add(name);
        Add(value);
    }

    /// <summary>Writes the commit to the connection; <paramref name="answered"/> gets the script's answer.</summary>
    public void Send(RespPipe pipe, ProgressCommitter committer, ReplyHandler answered)
    {
        pipe.Begin(3 + 2 + _hashes + 5 + _arguments);
        pipe.Argument("EVAL"u8);
        pipe.Argument(Script);
        Span<byte> keys = stackalloc byte[11];
        Utf8Formatter.TryFormat(2 + _hashes, keys, out int digits);
        pipe.Argument(keys[..digits]);
        pipe.Argument(committer.ProgressKey);
        pipe.Argument(committer.OwnerKey);
        pipe.Raw(_keys.Written);
        pipe.Argument(committer.Token);
        pipe.Argument(committer.FromText);
        pipe.Argument(committer.ToText);
        pipe.Argument(committer.Ttl);
        // The results went through the same connection.
        pipe.Argument(""u8);
        pipe.Raw(_blocks.Written);
        pipe.End(answered);
    }

    private void Add(long value)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, digits, out int written);
        Add(digits[..written]);
    }

    private void Add(ReadOnlySpan<byte> value)
    {
        Write(_blocks, value);
        _arguments++;
    }

    private static void Write(Utf8Builder into, ReadOnlySpan<byte> value) =>
        into.Add("$"u8).Number(value.Length).Add("\r\n"u8).Add(value).Add("\r\n"u8);
}
