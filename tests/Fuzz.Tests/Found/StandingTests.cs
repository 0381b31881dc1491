using System.Text;
using Engine.Pipeline.Standing;
using Engine.Primitives;
using Xunit;

namespace Fuzz.Tests.Found;

/// <summary>What fuzzing has found in records of <c>standings</c>.</summary>
public sealed class StandingTests
{
    [Fact]
    public void A_standing_with_an_infinite_sum_is_not_one()
    {
        string value = Encoding.UTF8.GetString(StandingRecord.Value(new StandingSums { Name = "p", Clicks = 7 }, 9));
        Assert.NotNull(Standing(value));
        Assert.Null(Standing(value.Replace(":7,", ":1e999,", StringComparison.Ordinal)));
    }

    private static WrittenSums? Standing(string value) =>
        StandingRecord.Read("publisher/p/interactions-0", Encoding.UTF8.GetBytes(value), new KeyedHash(1, 2));
}
