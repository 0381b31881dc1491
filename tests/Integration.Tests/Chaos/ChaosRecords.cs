using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Confluent.Kafka;
using Engine.Contracts;
using Engine.Contracts.Events;
using Integration.Tests.Rig;
using Xunit;

namespace Integration.Tests.Chaos;

/// <summary>The log of <c>interactions</c>, record by record, and what must have become of each: reckoned from the log
/// and the verdicts alone, without the engine's help.</summary>
internal sealed class ChaosRecords
{
    private static readonly byte[] Tick = Encoding.ASCII.GetBytes("""{"type":"tick"}""");

    private readonly record struct Click(string Id, int Partition, string Publisher, string Campaign, long CostMicros);

    private readonly Dictionary<string, Click> _clicks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _firstConfirmations = new(StringComparer.Ordinal);
    private readonly HashSet<string> _bad = new(StringComparer.Ordinal);

    private ChaosRecords() { }

    /// <summary>The number of records other than ticks.</summary>
    public int Count { get; private set; }
    public int Duplicates { get; private set; }
    public int Paths { get; private set; }
    public int Confirmations { get; private set; }

    public static ChaosRecords Read(Lab lab)
    {
        var records = new ChaosRecords();
        foreach (ConsumeResult<byte[], byte[]> record in lab.Log.ReadAll(Topics.Interactions))
        {
            if (!record.Message.Value.AsSpan().SequenceEqual(Tick))
            {
                records.Add(record);
            }
        }

        return records;
    }

    /// <summary>Every record has exactly one outcome: first clicks and no others have verdicts, what can't be used is a
    /// dead letter and nothing else is, and each confirmation that could be used was.</summary>
    public void HaveOneOutcomeEach(Lab lab, IReadOnlyDictionary<string, string> verdicts)
    {
        Assert.Equal(Count, _clicks.Count + Duplicates + Paths + Confirmations + _bad.Count);
        MustBeSame("clicks with a verdict", _clicks.Keys.Select(id => "verdict:" + id), verdicts.Keys);
        MustBeSame("dead letters", _bad, DeadLetters(lab));
        MustBeSame(
            "confirmed clicks",
            _firstConfirmations
                .Where(one =>
                    verdicts["verdict:" + one.Key].Contains("\"action\":\"confirm\"", StringComparison.Ordinal)
                )
                .Select(one => $"{one.Key} {one.Value}"),
            _clicks.Keys.SelectMany(id =>
                ReasonsOf(JsonNode.Parse(verdicts["verdict:" + id])!)
                    .Where(reason => reason.StartsWith("confirmation.", StringComparison.Ordinal))
                    .Select(reason => $"{id} {reason}")
            )
        );
    }

    /// <summary>What the totals of campaigns and publishers must be: the sums over the verdicts, partition by
    /// partition.</summary>
    public SortedDictionary<string, long> TotalsOf(IReadOnlyDictionary<string, string> verdicts)
    {
        var totals = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (Click click in _clicks.Values)
        {
            JsonNode verdict = JsonNode.Parse(verdicts["verdict:" + click.Id])!;
            foreach (string of in (string[])[$"campaign:{click.Campaign}", $"publisher:{click.Publisher}"])
            {
                void Add(string field, long amount) =>
                    totals[$"{of} {click.Partition} {field}"] =
                        totals.GetValueOrDefault($"{of} {click.Partition} {field}") + amount;

                Add("clicks", 1);
                Add("cost_micros", click.CostMicros);
                Add($"clicks:{verdict["class"]}", 1);
                Add($"cost_micros:{verdict["class"]}", click.CostMicros);
                foreach (string reason in ReasonsOf(verdict))
                {
                    Add($"clicks:reason:{reason}", 1);
                    if (!reason.StartsWith("confirmation.", StringComparison.Ordinal))
                    {
                        Add($"cost_micros:reason:{reason}", click.CostMicros);
                    }
                }
            }
        }

        return totals;
    }

    private void Add(ConsumeResult<byte[], byte[]> record)
    {
        Count++;
        EventFindings found = EventCheck.Inspect(record.Message.Value, EventCatalog.Clicks);
        if (!found.IsGood)
        {
            _bad.Add($"{record.Partition.Value}@{record.Offset.Value}");
            return;
        }

        JsonNode json = JsonNode.Parse(record.Message.Value)!;
        switch ((string?)json["type"])
        {
            case "click":
                var click = new Click(
                    (string)json["id"]!,
                    record.Partition.Value,
                    (string)json["publisher"]!,
                    (string)json["campaign"]!,
                    (long?)json["cost_micros"] ?? 0
                );
                if (_clicks.TryGetValue(click.Id, out Click first))
                {
                    // In another partition it would be decided there, too.
                    Assert.Equal(first.Partition, click.Partition);
                    Duplicates++;
                    return;
                }

                _clicks[click.Id] = click;
                break;
            case "cursor-path":
                Paths++;
                break;
            case "confirmation":
                Confirmations++;
                string of = (string)json["click"]!;
                if (_clicks.ContainsKey(of))
                {
                    _firstConfirmations.TryAdd(of, $"confirmation.{json["outcome"]}");
                }

                break;
            default:
                Assert.Fail($"interactions has a record of type {json["type"]}");
                break;
        }
    }

    /// <summary>Where the dead letters of <c>interactions</c> lay; one may have been sent twice.</summary>
    private static IEnumerable<string> DeadLetters(Lab lab) =>
        lab
            .Log.ReadAll(Topics.DeadLetters)
            .Where(letter => Header(letter, "error.topic") == Topics.Interactions)
            .Select(letter => $"{Header(letter, "error.partition")}@{Header(letter, "error.offset")}")
            .Distinct();

    private static string Header(ConsumeResult<byte[], byte[]> record, string name) =>
        Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes(name));

    private static IEnumerable<string> ReasonsOf(JsonNode verdict) =>
        (verdict["reasons"] as JsonArray ?? []).Select(reason => (string)reason!);

    private static void MustBeSame(string what, IEnumerable<string> expected, IEnumerable<string> actual)
    {
        HashSet<string> wanted = new(expected, StringComparer.Ordinal),
            there = new(actual, StringComparer.Ordinal);
        string[] missing = [.. wanted.Except(there).Order(StringComparer.Ordinal)],
            surplus = [.. there.Except(wanted).Order(StringComparer.Ordinal)];
        Assert.True(
            missing.Length + surplus.Length == 0,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{what}: of {wanted.Count}, {missing.Length} are missing ({string.Join(", ", missing.Take(5))}), "
            ) + $"{surplus.Length} are too many ({string.Join(", ", surplus.Take(5))})"
        );
    }
}
