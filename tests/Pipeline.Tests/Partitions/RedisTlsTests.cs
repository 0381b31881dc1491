using System.Text;
using Engine.Configuration;
using Engine.Configuration.Connections;
using Engine.Partitions.Redis;
using Tests.Support;
using Xunit;

namespace Pipeline.Tests.Partitions;

/// <summary>Results written under TLS, to real servers that ask for a certificate and a user.</summary>
public sealed class RedisTlsTests : IAsyncLifetime
{
    private const int Commands = 40_000;

    private readonly LiveFolder _folder = new();
    private LiveRedisServer? _server;
    private RedisTarget? _target;
    private RedisWriter? _writer;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(LiveRedisServer.IsThere, "no redis-server on the path");
        using var authority = new TestAuthority(_folder);
        authority.Issue("client", [], keyPassword: "key password");
        _folder.Write("key-password", "key password\n");
        _folder.Write("password", LiveRedisSecurity.Password + "\n");
        _server = await LiveRedisServer.StartAsync(
            security: new LiveRedisSecurity(authority.CaFile, authority.Issue("server", ["redis.test"]))
            {
                WantsCertificates = true,
                Client = authority.Issue("test", []),
            }
        );
        RedisSecurity security = RedisSecurity.Read(
            YamlFields.Of(
                $"""
                tls: true
                ca: {authority.CaFile}
                certificate: client.pem
                key: client.key
                key_password_file: key-password
                server_name: redis.test
                user: {LiveRedisSecurity.User}
                password_file: password
                """
            ),
            _folder.Path
        );
        _target = await RedisTarget.ConnectAsync(new RedisServers(_server.Address, security), TimeProvider.System);
        _writer = new RedisWriter(_target, TimeProvider.System);
    }

    [Fact]
    public void Results_of_all_sizes_arrive()
    {
        Write(0, Commands, size: i => i % 400 == 0 ? 70_000 : i % 50);
        Acknowledge();
        Assert.Equal((Commands, Commands), (_writer!.Written, _writer.Acknowledged));
        for (int i = 0; i < Commands; i += 200)
        {
            Assert.Equal(i % 400 == 0 ? 70_000 : i % 50, _server!.Database.StringLength($"k:{i}"));
        }

        Assert.Equal(Commands, _server!.Database.Execute("DBSIZE").ToString() is { } size ? int.Parse(size) : 0);
    }

    [Fact]
    public async Task What_a_broken_connection_had_not_acknowledged_is_sent_again()
    {
        Write(0, Commands, size: _ => 100);
        await _server!.Process.KillAsync();
        Write(Commands, 2 * Commands, size: _ => 100);
        _writer!.Poll();
        await LiveWait.UntilAsync("the writer knows that the server is away", () =>
        {
            _writer.Poll();
            return _writer.Down != null;
        });
        await _server.StartAgainAsync();
        Acknowledge();
        Assert.Equal(2 * Commands, int.Parse(_server.Database.Execute("DBSIZE").ToString()!));
        Assert.Null(_writer.Down);
    }

    [Fact]
    public async Task What_a_user_may_no_longer_do_waits_until_it_may_again()
    {
        Write(0, 10, size: _ => 10);
        Acknowledge();
        _server!.Database.Execute("ACL", "SETUSER", LiveRedisSecurity.User, "-set");
        Write(10, 20, size: _ => 10);
        await LiveWait.UntilAsync("the refusal is known", () =>
        {
            _writer!.Poll();
            return _writer.HasRefused;
        });
        Assert.StartsWith("NOPERM", _writer!.Trouble);

        _server.Database.Execute("ACL", "SETUSER", LiveRedisSecurity.User, "+set");
        Acknowledge();
        Assert.Equal(20, int.Parse(_server.Database.Execute("DBSIZE").ToString()!));
    }

    private void Write(int from, int to, Func<int, int> size)
    {
        byte[] value = new byte[70_000];
        for (int i = from; i < to; i++)
        {
            byte[] id = Encoding.ASCII.GetBytes($"{i}"),
                key = [.. "k:"u8, .. id];
            _writer!.PipeFor(key).Set(3, "k:"u8, id, value.AsSpan(0, size(i)), []);
            if (i % 1000 == 0)
            {
                _writer.Poll();
            }
        }
    }

    private void Acknowledge()
    {
        var since = System.Diagnostics.Stopwatch.StartNew();
        while (!_writer!.IsIdle && since.Elapsed < LiveWait.Patience)
        {
            _writer.Wait(20);
        }

        Assert.True(_writer.IsIdle, _writer.Trouble);
    }

    public async ValueTask DisposeAsync()
    {
        _writer?.Dispose();
        _target?.Redis.Dispose();
        if (_server != null)
        {
            await _server.DisposeAsync();
        }

        _folder.Dispose();
    }
}
