using System.Net;
using Engine.Partitions.Redis;
using Fuzz.Tests.Running;

namespace Fuzz.Tests.Targets;

/// <summary>Replies of Redis, in whatever pieces they arrive: a piece more never changes a reply that was
/// complete.</summary>
internal sealed class RespReplies : FuzzTarget
{
    private static readonly EndPoint From = new IPEndPoint(IPAddress.Loopback, 6379);

    public override string Name => "resp-replies";
    public override int Share => 12;

    public override IReadOnlyList<byte[]> Valid { get; } =
        Examples.Bytes(
            "+OK\r\n",
            "-MOVED 3999 127.0.0.1:6381\r\n",
            ":1000\r\n",
            "$6\r\nfoobar\r\n",
            "$0\r\n\r\n",
            "$-1\r\n",
            "+OK\r\n+OK\r\n:-1\r\n$2\r\n\r\n\r\n"
        );

    protected override IEnumerable<string> Tokens =>
        ["\r\n", "\r", "\n", "+", "-", ":", "$", "*1\r\n", "$2147483647\r\n", "$-2147483648\r\n", "$99999999999\r\n"];

    public override bool Accepts(ReadOnlySpan<byte> input)
    {
        try
        {
            int at = 0;
            while (RespReply.TryRead(input[at..], From, out int length, out ReadOnlySpan<byte> reply, out bool isError))
            {
                Holds(length >= 3 && length <= input.Length - at, $"a reply has {length} bytes");
                Holds(reply.Length < length, $"a reply of {length} bytes holds {reply.Length}");
                Holds(!isError || input[at] == '-', "an error doesn't begin with a hyphen");
                Holds(
                    !RespReply.TryRead(input.Slice(at, length - 1), From, out _, out _, out _),
                    "a reply is complete without its last byte"
                );
                at += length;
            }

            return at == input.Length && at > 0;
        }
        catch (RespException)
        {
            return false;
        }
    }
}
