using System.Net;
using System.Net.Sockets;
using Engine.Pipeline.Consume.Fetch;
using Xunit;

namespace Pipeline.Tests.Consume;

/// <summary>Brokers that don't answer as they should.</summary>
public class DirectFetchTests
{
    [Fact]
    public void A_broker_that_never_answers_is_left_to_librdkafka()
    {
        using var broker = new TcpListener(IPAddress.Loopback, 0);
        broker.Start();
        int port = ((IPEndPoint)broker.LocalEndpoint).Port,
            accepted = 0;
        using DirectFetch fetch = Fetch(port);
        FetchedPartition added = fetch.Add(0, 5);
        FetchedPartition? refused = null;
        string why = "";
        for (int i = 0; i < 1000 && refused == null; i++)
        {
            Assert.False(fetch.TryTake(20, out _));
            if (broker.Pending())
            {
                broker.AcceptSocket().Dispose();
                accepted++;
            }
            if (fetch.TryTakeRefused(out FetchedPartition partition, out string said))
            {
                (refused, why) = (partition, said);
            }
        }
        Assert.Equal((added, 3), (refused, accepted));
        Assert.Contains($"127.0.0.1:{port}", why);
        Assert.Equal(0, fetch.Count);
    }

    [Fact]
    public void A_broker_that_is_away_is_tried_again_and_said()
    {
        using var broker = new TcpListener(IPAddress.Loopback, 0);
        broker.Start();
        int port = ((IPEndPoint)broker.LocalEndpoint).Port;
        broker.Stop();
        using DirectFetch fetch = Fetch(port);
        fetch.Add(0, 5);
        for (int i = 0; i < 50; i++)
        {
            Assert.False(fetch.TryTake(20, out _));
        }

        Assert.Contains($"127.0.0.1:{port}", fetch.Trouble);
        Assert.False(fetch.TryTakeRefused(out _, out _));
        Assert.Equal(1, fetch.Count);
    }

    [Fact]
    public void An_answer_to_something_else_ends_the_connection()
    {
        using var broker = new TcpListener(IPAddress.Loopback, 0);
        broker.Start();
        using DirectFetch fetch = Fetch(((IPEndPoint)broker.LocalEndpoint).Port);
        fetch.Add(0, 5);
        Assert.False(fetch.TryTake(0, out _));
        using Socket connection = broker.AcceptSocket();
        connection.Send("HTTP/1.1 400 Bad Request\r\n\r\n"u8);
        for (int i = 0; i < 100 && fetch.Trouble == null; i++)
        {
            fetch.TryTake(20, out _);
        }

        Assert.NotNull(fetch.Trouble);
    }

    private static DirectFetch Fetch(int port) =>
        new(
            () =>
                new TopicLeaders(
                    new Dictionary<int, int> { [0] = 1 },
                    new Dictionary<int, (string, int)> { [1] = ("127.0.0.1", port) }
                ),
            "test",
            "interactions",
            TimeProvider.System
        );
}
