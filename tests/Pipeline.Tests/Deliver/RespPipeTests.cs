using System.Net;
using System.Net.Sockets;
using System.Text;
using Engine.Configuration.Connections;
using Engine.Partitions.Redis;
using Xunit;

namespace Pipeline.Tests.Deliver;

/// <summary>
/// A server of a few lines stands for Redis, so that replies can be cut where they never would be by chance.
/// </summary>
public sealed class RespPipeTests
{
    /// <summary>
    /// What a server says to 12 commands: long runs of OK, and between them what somebody waits for, and a refusal.
    /// </summary>
    private static readonly string[] Replies =
    [
        "+OK",
        "+OK",
        ":7",
        "+OK",
        "+OK",
        "-OOM no room",
        "+OK",
        "$4\r\n+OK\r",
        "+OK",
        "+OK",
        "+OKAY",
        "+OK",
    ];

    [Fact]
    public async Task Replies_cut_at_every_byte_are_counted_and_given_to_those_who_wait()
    {
        byte[] all = Encoding.ASCII.GetBytes(string.Concat(Replies.Select(reply => reply + "\r\n")));
        for (int cut = 0; cut <= all.Length; cut++)
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var heard = new List<string>();
            var refused = new List<string>();
            using var pipe = new RespPipe(listener.LocalEndpoint, PipeOpening.Plain, TimeProvider.System)
            {
                Refused = (error, command) => refused.Add($"{error} to {Encoding.ASCII.GetString(command.Span)}"),
            };
            for (int i = 0; i < Replies.Length; i++)
            {
                if (i is 2 or 7 or 10)
                {
                    pipe.Begin(1);
                    pipe.Argument("PING"u8);
                    pipe.End((reply, isError) => heard.Add($"{isError} {Encoding.ASCII.GetString(reply)}"));
                }
                else
                {
                    pipe.Set(3, "k:"u8, Encoding.ASCII.GetBytes($"{i}"), "v"u8, []);
                }
            }
            pipe.Poll();
            using TcpClient server = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
            server.NoDelay = true;
            NetworkStream stream = server.GetStream();
            stream.Write(all.AsSpan(0, cut));
            pipe.WaitForReplies(20);
            stream.Write(all.AsSpan(cut));
            for (int turn = 0; pipe.Acknowledged < pipe.Written && turn < 500; turn++)
            {
                pipe.WaitForReplies(20);
            }

            Assert.Equal((12, 12), (pipe.Written, pipe.Acknowledged));
            Assert.Equal(["False 7", "False +OK\r", "False OKAY"], heard);
            Assert.Equal(["OOM no room to *3\r\n$3\r\nSET\r\n$3\r\nk:5\r\n$1\r\nv\r\n"], refused);
            Assert.Equal(0, pipe.BytesUnderWay);
        }
    }

    [Fact]
    public async Task A_server_out_of_client_slots_is_tried_again_until_it_has_one()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var pipe = new RespPipe(listener.LocalEndpoint, PipeOpening.Plain, TimeProvider.System)
        {
            Refused = (error, _) => Assert.Fail(error),
        };
        pipe.Set(3, "k:"u8, "1"u8, "v"u8, []);
        pipe.Poll();
        async Task<TcpClient> AcceptAsync()
        {
            Task<TcpClient> accepting = listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken).AsTask();
            for (int turn = 0; !accepting.IsCompleted && turn < 1000; turn++)
            {
                pipe.WaitForReplies(20);
                // A pipe that waits for nothing returns at once.
                await Task.Delay(5, TestContext.Current.CancellationToken);
            }

            return await accepting.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        }

        using TcpClient full = await AcceptAsync();
        full.GetStream().Write("-ERR max number of clients reached\r\n"u8);
        using TcpClient server = await AcceptAsync();
        Assert.Equal((1, 0), (pipe.Written, pipe.Acknowledged));

        // An unexpected reply breaks the connection only.
        server.GetStream().Write("+OK\r\n+OK\r\n"u8);
        using TcpClient next = await AcceptAsync();
        Assert.Equal((1, 1), (pipe.Written, pipe.Acknowledged));
    }

    [Fact]
    public async Task An_option_that_results_would_not_follow_is_refused()
    {
        NotSupportedException refused = await Assert.ThrowsAsync<NotSupportedException>(() =>
            RedisTarget.ConnectAsync(
                new RedisServers("127.0.0.1:1,defaultDatabase=1", RedisSecurity.None),
                TimeProvider.System
            )
        );
        Assert.Contains("defaultDatabase=1", refused.Message);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_told_of_and_reached_once_it_is()
    {
        using var reserved = new TcpListener(IPAddress.Loopback, 0);
        reserved.Start();
        var end = (IPEndPoint)reserved.LocalEndpoint;
        reserved.Stop();
        using var pipe = new RespPipe(end, PipeOpening.Plain, TimeProvider.System);
        pipe.Set(3, "k"u8, "1"u8, "v"u8, []);
        pipe.Poll();
        Assert.NotNull(pipe.Down);
        using var listener = new TcpListener(end);
        listener.Start();
        Task<TcpClient> coming = listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken).AsTask();
        for (int turn = 0; !coming.IsCompleted && turn < 500; turn++)
        {
            pipe.WaitForReplies(20);
        }

        using TcpClient server = await coming;
        server.GetStream().Write("+OK\r\n"u8);
        for (int turn = 0; pipe.Acknowledged == 0 && turn < 500; turn++)
        {
            pipe.WaitForReplies(20);
        }

        Assert.Equal((1, null), (pipe.Acknowledged, pipe.Down));
    }
}
