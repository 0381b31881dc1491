namespace Engine.Partitions.Redis;

/// <summary>Errors with which Redis refuses a command for a while: they pass by themselves, or when an operator mends
/// their cause. All others are permanent.</summary>
public static class RedisRefusal
{
    private static readonly string[] State =
    [
        "MOVED",
        "ASK",
        "TRYAGAIN",
        "CLUSTERDOWN",
        "LOADING",
        "READONLY",
        "OOM",
        "MISCONF",
        "BUSY",
        "MASTERDOWN",
        "NOREPLICAS",
    ];

    /// <summary>What the user may not do; the last two within a script, as of Redis 7.0 and 7.2. The third is what a
    /// long command gets in place of NOAUTH.</summary>
    private static readonly string[] Rights =
    [
        "NOAUTH",
        "NOPERM",
        "ERR Protocol error: unauthenticated",
        "ERR The user executing the script can't run this command",
        "ERR ACL failure in script",
    ];

    /// <summary>How Redis before version 7 reports an error within a script: <c>ERR Error running script … -OOM
    /// …</c>.</summary>
    private const string InScript = "ERR Error running script";

    /// <summary>Whether a refusal passes.</summary>
    public static bool IsTemporary(string error) => IsOfState(error) || Names(error, Rights);

    /// <summary>Whether the server's state refuses it, rather than the user's rights.</summary>
    public static bool IsOfState(string error) => Names(error, State);

    private static bool Names(string error, string[] words)
    {
        bool inScript = error.StartsWith(InScript, StringComparison.Ordinal);
        return Array.Exists(words, word =>
            inScript
                ? error.Contains("-" + word, StringComparison.Ordinal)
                : error.StartsWith(word, StringComparison.Ordinal)
        );
    }
}
