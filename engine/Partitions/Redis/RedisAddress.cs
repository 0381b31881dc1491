namespace Engine.Partitions.Redis;

/// <summary>A Redis address as StackExchange.Redis reads it:
/// <c>host:port[,host:port…][,option=value…]</c>.</summary>
public static class RedisAddress
{
    /// <summary>The hosts and ports alone, for messages and logs: options may hold a password.</summary>
    public static string Hosts(string address) =>
        string.Join(
            ',',
            address
                .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Where(part => !part.Contains('='))
        );
}
