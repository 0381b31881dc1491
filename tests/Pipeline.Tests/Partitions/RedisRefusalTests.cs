using Engine.Partitions.Redis;
using Xunit;

namespace Pipeline.Tests.Partitions;

/// <summary>Which of Redis's errors are waited for, in the words of its versions.</summary>
public sealed class RedisRefusalTests
{
    [Theory]
    [InlineData("OOM command not allowed when used memory > 'maxmemory'.")]
    [InlineData("LOADING Redis is loading the dataset in memory")]
    [InlineData("ERR Error running script (call to f_5e6c): @user_script:9: @user_script: 9: -OOM command not allowed")]
    public void What_its_state_refuses_passes_at_a_start_too(string error)
    {
        Assert.True(RedisRefusal.IsTemporary(error));
        Assert.True(RedisRefusal.IsOfState(error));
    }

    [Theory]
    [InlineData("NOAUTH Authentication required.")]
    [InlineData("ERR Protocol error: unauthenticated multibulk length")]
    [InlineData("ERR Protocol error: unauthenticated bulk length")]
    [InlineData("NOPERM User engine has no permissions to run the 'set' command")]
    [InlineData(
        "ERR The user executing the script can't run this command or subcommand script: debbacdf, on @user_script:17."
    )]
    [InlineData(
        "ERR ACL failure in script: User engine has no permissions to run the 'hincrby' command script: 5e6c, on "
            + "@user_script:21."
    )]
    [InlineData(
        "ERR Error running script (call to f_5e6c): @user_script:9: -NOPERM The user executing the script can't run "
            + "this command or subcommand"
    )]
    public void What_its_user_may_not_do_passes_only_while_an_engine_runs(string error)
    {
        Assert.True(RedisRefusal.IsTemporary(error));
        Assert.False(RedisRefusal.IsOfState(error));
    }

    [Theory]
    [InlineData("WRONGTYPE Operation against a key holding the wrong kind of value")]
    [InlineData("ERR value is not an integer or out of range script: 5e6c, on @user_script:21.")]
    [InlineData("ERR unknown command 'EVAL'")]
    public void Anything_else_is_final(string error) => Assert.False(RedisRefusal.IsTemporary(error));
}
