using System.Buffers.Text;
using System.Numerics;

namespace Engine.Partitions.Redis;

/// <summary>A chunk of RESP commands, sent together and acknowledged one by one. Grammar: <c>*n CRLF ($length CRLF
/// bytes CRLF)×n</c>.</summary>
internal sealed class CommandChunk
{
    /// <summary>The size from which a chunk is full; the last command may exceed it.</summary>
    public const int FullBytes = 128 * 1024;

    public byte[] Bytes = new byte[FullBytes];
    public int Length,
        Commands,
        Acknowledged;

    /// <summary>The end of each command.</summary>
    public readonly List<int> Ends = [];

    /// <summary>The handlers that wait for replies, with their command's number, in order.</summary>
    public readonly Queue<(int Command, ReplyHandler Handler)> Handlers = new();

    /// <summary>The start of the first unacknowledged command.</summary>
    public int UnacknowledgedFrom => Acknowledged == 0 ? 0 : Ends[Acknowledged - 1];

    /// <summary>A command as sent.</summary>
    public ReadOnlyMemory<byte> Command(int command)
    {
        int start = command == 0 ? 0 : Ends[command - 1];
        return Bytes.AsMemory(start, Ends[command] - start);
    }

    public void Clear()
    {
        (Length, Commands, Acknowledged) = (0, 0, 0);
        Ends.Clear();
        Handlers.Clear();
    }

    /// <summary>Begins a command with a number of arguments.</summary>
    public void Begin(int arguments)
    {
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

    /// <summary>Adds bytes that are RESP already.</summary>
    public void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>The maximum number of bytes that <see cref="Set"/> needs for these arguments.</summary>
    public static int MaxSetBytes(
        ReadOnlySpan<byte> prefix,
        ReadOnlySpan<byte> id,
        ReadOnlySpan<byte> value,
        ReadOnlySpan<byte> rest
    ) => 64 + prefix.Length + id.Length + value.Length + rest.Length;

    /// <summary>Writes <c>SET prefix+id value</c>, and further arguments as RESP. It is sent once per click, so it is
    /// written in one piece.</summary>
    public void Set(
        int arguments,
        ReadOnlySpan<byte> prefix,
        ReadOnlySpan<byte> id,
        ReadOnlySpan<byte> value,
        ReadOnlySpan<byte> rest
    )
    {
        Span<byte> into = Room(MaxSetBytes(prefix, id, value, rest));
        "*0\r\n$3\r\nSET\r\n"u8.CopyTo(into);
        into[1] += (byte)arguments;
        int at = 13;
        at += LengthOf(into[at..], prefix.Length + id.Length);
        prefix.CopyTo(into[at..]);
        id.CopyTo(into[(at + prefix.Length)..]);
        at += prefix.Length + id.Length;
        "\r\n"u8.CopyTo(into[at..]);
        at += 2;
        at += LengthOf(into[at..], value.Length);
        value.CopyTo(into[at..]);
        at += value.Length;
        "\r\n"u8.CopyTo(into[at..]);
        rest.CopyTo(into[(at + 2)..]);
        Length += at + 2 + rest.Length;
        End(null);
    }

    /// <summary>Ends a command; <paramref name="handler"/> gets its reply.</summary>
    public void End(ReplyHandler? handler)
    {
        Ends.Add(Length);
        if (handler != null)
        {
            Handlers.Enqueue((Commands, handler));
        }

        Commands++;
    }

    private Span<byte> Room(int bytes)
    {
        if (Bytes.Length - Length < bytes)
        {
            Array.Resize(ref Bytes, (int)BitOperations.RoundUpToPowerOf2((uint)(Length + bytes)));
        }

        return Bytes.AsSpan(Length);
    }

    /// <summary><c>$length CRLF</c></summary>
    private static int LengthOf(Span<byte> into, int length)
    {
        into[0] = (byte)'$';
        Utf8Formatter.TryFormat(length, into[1..], out int digits);
        "\r\n"u8.CopyTo(into[(1 + digits)..]);
        return digits + 3;
    }

    private void Integer(int value)
    {
        Span<byte> digits = stackalloc byte[12];
        Utf8Formatter.TryFormat(value, digits, out int written);
        Raw(digits[..written]);
    }
}
