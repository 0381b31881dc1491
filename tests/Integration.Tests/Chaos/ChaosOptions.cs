using System.Globalization;
using Integration.Tests.Rig;

namespace Integration.Tests.Chaos;

/// <summary>What a run goes by: the variables of <c>make chaos</c>; without them, those of <c>make test</c>.</summary>
/// <param name="Seconds">How long the load lasts.</param>
/// <param name="Seed">Determines load and faults.</param>
/// <param name="Redis">The kind of Redis, of <see cref="Redises"/>.</param>
/// <param name="HasThreeBrokers">Whether it has three brokers of its own, of which one may die, or shares one.</param>
/// <param name="Without">What protects engines and is taken out of them, separated by commas; empty for
/// nothing.</param>
internal sealed record ChaosOptions(int Seconds, int Seed, string Redis, bool HasThreeBrokers, string Without)
{
    private static readonly string[] Kinds = [Redises.Server, Redises.ClusterWithReplicas, Redises.Sentinel];

    public static ChaosOptions Read()
    {
        int seed = Number("CHAOS_SEED", 7);
        return new ChaosOptions(
            Number("CHAOS_SECONDS", 40),
            seed,
            Text("CHAOS_REDIS", "server") switch
            {
                "server" => Redises.Server,
                "cluster" => Redises.ClusterWithReplicas,
                "sentinel" => Redises.Sentinel,
                "any" => Kinds[seed % Kinds.Length],
                var other => throw new ArgumentException(
                    $"CHAOS_REDIS is server, cluster, sentinel or any, not {other}"
                ),
            },
            Number("CHAOS_BROKERS", 1) switch
            {
                1 => false,
                3 => true,
                var other => throw new ArgumentException($"CHAOS_BROKERS is 1 or 3, not {other}"),
            },
            Text("CHAOS_WITHOUT", "")
        );
    }

    private static string Text(string name, string otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? text : otherwise;

    private static int Number(string name, int otherwise) =>
        int.Parse(Text(name, otherwise.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
}
