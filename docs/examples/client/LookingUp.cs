using Engine.Client;
using StackExchange.Redis;

namespace Examples.Client;

internal static class LookingUp
{
    /// <summary>Prints a click's verdict.</summary>
    /// <param name="address">Redis, as <c>redis:6379</c>.</param>
    /// <param name="click">The click's id.</param>
    internal static async Task RunAsync(string address, string click)
    {
        await using ConnectionMultiplexer redis = await ConnectionMultiplexer.ConnectAsync(address); // "redis:6379"
        var verdicts = new VerdictLookup(redis); // of a second group: new VerdictLookup(redis, "its-prefix")
        Verdict? verdict = await verdicts.GetAsync(click);
        Console.WriteLine(
            verdict is null
                ? "not decided yet, or expired"
                : $"{verdict.Class} {verdict.Action} {verdict.Score} {string.Join(", ", verdict.Reasons)}"
        );
    }
}
