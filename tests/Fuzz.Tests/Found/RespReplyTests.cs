using System.Net;
using System.Text;
using Engine.Partitions.Redis;
using Xunit;

namespace Fuzz.Tests.Found;

/// <summary>What fuzzing has found in replies of Redis.</summary>
public sealed class RespReplyTests
{
    private static readonly EndPoint Redis = new IPEndPoint(IPAddress.Loopback, 6379);

    [Theory]
    [InlineData("$2147483647\r\n -1\r\n")]
    [InlineData("$-2\r\n")]
    [InlineData("$5x\r\nhello\r\n")]
    [InlineData("$2\r\nhello\r\n")]
    [InlineData("\r\n+OK\r\n")]
    [InlineData("H")]
    public void What_is_no_reply_of_Redis_is_refused_at_once(string received) =>
        Assert.Throws<RespException>(() => Read(received));

    [Fact]
    public void A_line_without_an_end_is_refused_before_it_fills_the_memory() =>
        Assert.Throws<RespException>(() => Read("+" + new string('x', 70_000)));

    private static bool Read(string received) =>
        RespReply.TryRead(Encoding.ASCII.GetBytes(received), Redis, out _, out _, out _);
}
