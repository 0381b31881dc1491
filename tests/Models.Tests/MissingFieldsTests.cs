using System.Text.Json.Nodes;
using Engine.Workflows.Module.Traffic;
using Models.Training.Clicks;
using Xunit;

namespace Models.Tests;

public sealed class MissingFieldsTests
{
    private static readonly SampleEvent[] Events = SampleRows.Events(9, 2_000, TimeSpan.FromMinutes(10));

    [Fact]
    public void Without_all_but_the_required_fields_only_those_are_left()
    {
        SampleEvent[] left = [.. MissingFields.AllButRequired(Events)];
        Assert.Equal(Clicks(Events).Count(), Clicks(left).Count());
        Assert.DoesNotContain(left, e => e.Type == "cursor-path" && Clicks(left).Any(click => click.Click == e.Click));
        Assert.All(Clicks(left), e =>
            Assert.Equal(
                ["campaign", "cost_micros", "id", "ip", "publisher", "time", "type"],
                Fields(e).Append("cost_micros").Distinct().Order(StringComparer.Ordinal)
            )
        );
    }

    [Fact]
    public void What_is_missing_depends_on_the_publisher_alone()
    {
        SampleEvent[] left = [.. MissingFields.ByPublisher(Events, 3)];
        Dictionary<string, HashSet<string>> before = ByPublisher(Events),
            after = ByPublisher(left);
        Assert.Equal(before.Keys.Order(), after.Keys.Order());
        Assert.True(before.Keys.Select(publisher => string.Join(' ', after[publisher].Order())).Distinct().Count() > 5);
        foreach (var (whole, part) in Clicks(Events).Zip(Clicks(left)))
        {
            string publisher = Publisher(whole);
            Assert.Equal(Fields(whole).Where(after[publisher].Contains).Order(), Fields(part).Order());
        }
    }

    private static IEnumerable<SampleEvent> Clicks(IEnumerable<SampleEvent> events) =>
        events.Where(e => e.Type == "click" && e.Invalid is not null);

    private static Dictionary<string, HashSet<string>> ByPublisher(IEnumerable<SampleEvent> events) =>
        Clicks(events)
            .GroupBy(Publisher)
            .ToDictionary(group => group.Key, group => group.SelectMany(Fields).ToHashSet());

    private static string Publisher(SampleEvent e) => (string)JsonNode.Parse(e.Json)!["publisher"]!;

    private static IEnumerable<string> Fields(SampleEvent e) =>
        JsonNode.Parse(e.Json)!.AsObject().Select(field => field.Key);
}
