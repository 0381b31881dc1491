using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(Integration.Tests.Rig.LongestFirst))]

namespace Integration.Tests.Rig;

/// <summary>Starts the collections that take minutes first, so that none of them runs alone at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Long =
    [
        "real Kafka",
        nameof(Connections.SecureKafkaTests),
        nameof(RedisFailoverTests),
        nameof(Connections.SecureRedisTests),
        nameof(RedisOutageTests),
        nameof(WorkflowTakeoverTests),
        nameof(KillTests),
        nameof(Tutorial.TutorialTests),
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(
        IReadOnlyCollection<TTestCollection> testCollections
    )
        where TTestCollection : ITestCollection => [.. testCollections.OrderBy(Rank)];

    private static int Rank<TTestCollection>(TTestCollection collection)
        where TTestCollection : ITestCollection
    {
        int rank = Array.FindIndex(Long, name =>
            collection.TestCollectionDisplayName.Contains(name, StringComparison.Ordinal)
        );
        return rank < 0 ? Long.Length : rank;
    }
}
