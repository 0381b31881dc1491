using System.Text.Json.Nodes;
using Tests.Support;
using Xunit;

namespace Workflows.Tests.Associations;

/// <summary>Typologies of money laundering, played as who shows what to whom: the figures of
/// docs/associations.md.</summary>
public sealed class TypologyTests
{
    private sealed record Edge(long Time, string From, string To, string Item);

    [Fact]
    public void Rings_and_scatter_gather_are_found_and_normal_edges_seldom_flagged()
    {
        string? folder = Path.GetDirectoryName(SharedData.Find("associations/edges.jsonl"));
        Assert.SkipWhen(folder == null, "the shared data's associations are not there");
        Edge[] edges =
        [
            .. File.ReadLines(Path.Combine(folder!, "edges.jsonl"))
                .Select(line => JsonNode.Parse(line)!)
                .Select(edge => new Edge(
                    (long)edge["time"]!,
                    (string)edge["from"]!,
                    (string)edge["to"]!,
                    (string)edge["item"]!
                )),
        ];
        JsonNode[] labels =
        [
            .. File.ReadLines(Path.Combine(folder!, "labels.jsonl")).Select(line => JsonNode.Parse(line)!),
        ];
        bool[] suspect = Play(edges);

        HashSet<int> labelled = [.. labels.SelectMany(EdgesOf)];
        double flagged =
            (double)Enumerable.Range(0, edges.Length).Count(i => suspect[i] && !labelled.Contains(i))
            / (edges.Length - labelled.Count);
        foreach (IGrouping<string, JsonNode> typology in labels.GroupBy(label => (string)label["typology"]!))
        {
            int found = typology.Count(label => EdgesOf(label).Any(edge => suspect[edge]));
            TestContext.Current.SendDiagnosticMessage("{0}: {1} of {2}", typology.Key, found, typology.Count());
            switch (typology.Key)
            {
                case "cycle" or "scatter_gather":
                    Assert.InRange((double)found / typology.Count(), 0.95, 1);
                    break;
                case "fan_out":
                    Assert.Equal(0, found);
                    break;
            }
        }

        TestContext.Current.SendDiagnosticMessage("normal edges flagged: {0:P2}", flagged);
        Assert.InRange(flagged, 0, 0.01);
    }

    private static IEnumerable<int> EdgesOf(JsonNode label) => label["edges"]!.AsArray().Select(edge => (int)edge!);

    /// <summary>Plays the edges. Whose start has no association with the item yet begins with a first scan.</summary>
    private static bool[] Play(Edge[] edges)
    {
        const string Setting = """{"title":"An item","code_ttl_s":315360000}""";
        using var log = new AssociationLog([
            .. edges.Select(edge => edge.Item).Distinct().Select(item => ($"item/{item}", Setting)),
        ]);
        var codes = new Dictionary<(string Item, string Account), JsonNode>();
        bool[] suspect = new bool[edges.Length];
        long before = edges[0].Time;
        foreach ((int number, Edge edge) in edges.Index())
        {
            long after = edge.Time - before;
            before = edge.Time;
            if (!codes.TryGetValue((edge.Item, edge.From), out JsonNode? from))
            {
                codes[(edge.Item, edge.From)] = from = log.Associate(edge.From, item: edge.Item, afterMs: after);
                after = 0;
            }

            JsonNode outcome = log.Associate(edge.To, from, item: edge.Item, afterMs: after);
            suspect[number] = (string?)outcome["outcome"] == "suspect";
            codes.TryAdd((edge.Item, edge.To), outcome);
        }

        return suspect;
    }
}
