using System.Text;
using Engine.Configuration;
using Engine.Configuration.Connections;
using Fuzz.Tests.Running;

namespace Fuzz.Tests.Targets;

/// <summary>Addresses of Redis, as configuration and options give them: options for the client, or a
/// <see cref="ConfigException"/>.</summary>
internal sealed class RedisAddresses : FuzzTarget
{
    public override string Name => "redis-addresses";

    public override IReadOnlyList<byte[]> Valid { get; } =
        Examples.Bytes(
            "localhost:6379",
            "127.0.0.1:6379,[::1]:6380,serviceName=mymaster",
            "redis.example:6379,user=u,password=p=q,ssl=true,sslHost=redis.example,defaultDatabase=2",
            "h:1,connectTimeout=5000,abortConnect=false,protocol=resp2,tiebreaker=,version=7.2,proxy=None,keepAlive=60"
        );

    protected override IEnumerable<string> Tokens =>
        [
            ",",
            "=",
            ":",
            "[",
            "]",
            "::",
            "99999",
            "-1",
            "99999999999",
            "unix:",
            "ssl=",
            "version=1.2.3.4.5",
            "sslProtocols=x",
            "defaultDatabase=",
            "channelPrefix=",
            "responseTimeout=",
            "$",
            "%",
            "name=\u00e9",
            "checkCertificateRevocation=",
            "tunnel=http:",
            "tunnel=http:x:1",
            "highIntegrity=",
            "setlib=",
        ];

    public override bool Accepts(ReadOnlySpan<byte> input)
    {
        try
        {
            new RedisServers(Encoding.UTF8.GetString(input), RedisSecurity.None).Options();
            return true;
        }
        catch (ConfigException)
        {
            return false;
        }
    }
}
