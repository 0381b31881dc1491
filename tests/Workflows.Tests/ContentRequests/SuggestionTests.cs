using System.Text.Json;
using Engine.Workflows.ContentRequests.Decision;
using Engine.Workflows.ContentRequests.Events;
using Xunit;

namespace Workflows.Tests.ContentRequests;

/// <summary>Invalid types that recur are shown to the sponsor.</summary>
public class SuggestionTests
{
    private static readonly Ask Banner = new("") { Sizes = "[[320,50]]", Parameters = """{"color":"green"}""" };
    private static readonly long Week = (long)TimeSpan.FromDays(7).TotalMilliseconds;

    private static List<Suggestion> Shown(ContentRun run, long? logTime = null) =>
        Suggestion.Recurring(run.Types(), ContentRun.SponsorOf(ContentRun.FrontTop), logTime ?? run.Log.Now);

    [Fact]
    public void A_type_is_kept_with_class_counts_first_and_last_seen_an_example_and_what_answered_it()
    {
        var run = new ContentRun(ContentRun.FrontTop);
        run.Repeat(3, Banner);
        string json = run.Counted().Single().Value;
        long start = DeciderRun.Start;
        Assert.Equal(
            $$"""{"validity":"invalid-format","unit":"news/front/top","sizes":[[320,50]],"parameters":{"color":"green"},"requests":3,"first":{{start}},"last":{{start + 2000}},"example":{"request":"x-2","resource":"https://news.example/a.html","time":{{start + 2000}}},"definition":"front-top","days":{"2026-11-22":3},"recent":[{{start}},{{start + 1000}},{{start + 2000}}]}""",
            json
        );
    }

    [Fact]
    public void A_type_is_validity_unit_sorted_sizes_and_parameters()
    {
        AdSize[] one = [new(1, 2), new(3, 4)],
            turned = [new(3, 4), new(1, 2), new(1, 2)];
        KeyValuePair<string, string>[] blue = [new("a", "b")];
        string hash = RequestType.HashOf(Validity.InvalidFormat, "u", one, blue);
        Assert.Matches("^[0-9a-f]{32}$", hash);
        Assert.Equal(hash, RequestType.HashOf(Validity.InvalidFormat, "u", turned, blue));
        string[] others =
        [
            RequestType.HashOf(Validity.InvalidUnit, "u", one, blue),
            RequestType.HashOf(Validity.InvalidFormat, "v", one, blue),
            RequestType.HashOf(Validity.InvalidFormat, "u", [new(1, 2)], blue),
            RequestType.HashOf(Validity.InvalidFormat, "u", [new(2, 1), new(4, 3)], blue),
            RequestType.HashOf(Validity.InvalidFormat, "u", one, [new("ab", "")]),
            RequestType.HashOf(Validity.InvalidFormat, "u", one, []),
            RequestType.HashOf(Validity.InvalidFormat, "u", one, [new("a", "b"), new("c", "d")]),
        ];
        Assert.DoesNotContain(hash, others);
        Assert.Equal(others.Length, others.Distinct().Count());
    }

    [Fact]
    public void Ten_within_seven_days_recur_and_nine_do_not()
    {
        var run = new ContentRun(ContentRun.FrontTop);
        run.Repeat(9, Banner);
        Assert.Empty(Shown(run));
        run.Send(Banner with { Id = "tenth" });
        Suggestion shown = Assert.Single(Shown(run));
        Assert.Equal(10, shown.Counts.Requests);
    }

    [Fact]
    public void Ten_over_more_than_seven_days_do_not_recur()
    {
        var run = new ContentRun(ContentRun.FrontTop);
        run.Send(Banner with { Id = "first" });
        run.Log.Now += Week;
        run.Repeat(9, Banner);
        Assert.Empty(Shown(run));
        Assert.Equal(10, run.Types().Single().Value.Requests);
        run.Send(Banner with { Id = "tenth-of-the-week" });
        Assert.Single(Shown(run));
        Assert.Empty(Shown(run, run.Log.Now + Week));
    }

    [Fact]
    public void Valid_requests_are_not_suggested()
    {
        var run = new ContentRun(ContentRun.FrontTop);
        run.Repeat(20, new Ask(""));
        Assert.Empty(run.Log.Hashes);
    }

    [Fact]
    public void Undefined_units_are_suggested_as_such()
    {
        var run = new ContentRun(ContentRun.FrontTop);
        run.Repeat(10, new Ask("") { Unit = "news/front/side" });
        Suggestion shown = Assert.Single(Shown(run));
        Assert.Equal(
            (Validity.InvalidUnit, "news/front/side", "front-top"),
            (shown.Counts.Validity, shown.Counts.Unit, shown.Answer.Definition)
        );
    }

    [Fact]
    public void What_a_definition_has_answered_since_is_suggested_no_more()
    {
        var run = new ContentRun(ContentRun.FrontTop);
        run.Repeat(10, Banner);
        Assert.Single(Shown(run));
        Assert.Empty(
            Suggestion.Recurring(
                run.Types(),
                ContentRun.SponsorOf(
                    ContentRun.FrontTop,
                    ContentRun.Definition("more", "news/front/top", "[[320,50]]", """{"color":["green"]}""")
                ),
                run.Log.Now
            )
        );
        // A unit that isn't defined any more makes it another type.
        Assert.Empty(
            Suggestion.Recurring(run.Types(), ContentRun.SponsorOf(ContentRun.Definition("x", "sport")), run.Log.Now)
        );
    }

    [Fact]
    public void At_most_a_thousand_types_a_sponsor_are_kept_and_the_least_frequent_lapses()
    {
        var run = new ContentRun(ContentRun.FrontTop, ("sponsor/sp-2", """{"resources":["https://news.example/"]}"""));
        Ask rare = new("rare") { Sizes = "[[1,1]]" };
        run.Repeat(2, Banner);
        run.Send(rare);
        run.Log.Now += 1000;
        for (int i = 0; i < SponsorTypes.MaxCount - 2; i++)
        {
            run.Repeat(1, new Ask("") { Sizes = $"[[{i + 2},1]]" }, $"a{i}")
                .Repeat(1, new Ask("") { Sizes = $"[[{i + 2},1]]" }, $"b{i}");
        }

        Assert.Equal(SponsorTypes.MaxCount, run.Counted().Count);
        string lapses = RequestType.HashOf(Validity.InvalidFormat, "news/front/top", [new(1, 1)], []);
        Assert.Contains(lapses, run.Counted().Keys);
        run.Repeat(1, new Ask("") { Sizes = "[[5000,1]]" }, "new");
        Assert.Equal(SponsorTypes.MaxCount, run.Counted().Count);
        Assert.DoesNotContain(lapses, run.Counted().Keys);
        Assert.Equal(SponsorTypes.MaxCount, run.Log.Remembered.Count);
        // Another sponsor has its own thousand.
        run.Send(Banner with { Id = "other", Sponsor = "sp-2" });
        Assert.Equal(SponsorTypes.MaxCount, run.Counted().Count);
        Assert.Single(run.Counted("sp-2"));
    }

    [Fact]
    public void Types_that_nobody_asked_for_in_a_week_go_before_less_frequent_ones()
    {
        var run = new ContentRun(ContentRun.FrontTop);
        run.Repeat(100, Banner);
        run.Log.Now += Week;
        for (int i = 0; i < SponsorTypes.MaxCount; i++)
        {
            run.Repeat(1, new Ask("") { Sizes = $"[[{i + 1},1]]" }, $"a{i}");
        }

        Assert.Equal(SponsorTypes.MaxCount, run.Counted().Count);
        Assert.All(run.Types().Values, type => Assert.Equal(1, type.Requests));
    }

    [Fact]
    public void Counts_by_day_reach_a_week_back()
    {
        var run = new ContentRun(ContentRun.FrontTop);
        for (int day = 0; day < 12; day++)
        {
            run.Repeat(day + 1, Banner, $"d{day}");
            run.Log.Now = DeciderRun.Start + (day + 1) * 86_400_000L;
        }
        JsonElement days = run.OnlyType().GetProperty("days");
        Assert.Equal(
            [
                "2026-11-26 5",
                "2026-11-27 6",
                "2026-11-28 7",
                "2026-11-29 8",
                "2026-11-30 9",
                "2026-12-01 10",
                "2026-12-02 11",
                "2026-12-03 12",
            ],
            days.EnumerateObject().Select(day => $"{day.Name} {day.Value}")
        );
        Assert.Equal(78, run.OnlyType().GetProperty("requests").GetInt64());
    }

    [Fact]
    public void Partitions_are_added_up()
    {
        ContentRun one = new(ContentRun.FrontTop),
            other = new(ContentRun.FrontTop);
        other.Log.Now += 500;
        one.Repeat(6, Banner, "one").Repeat(1, new Ask("") { Sizes = "[[1,1]]" }, "once");
        other.Repeat(4, Banner, "other");
        Dictionary<string, RequestType> sum = Suggestion.Sum(one.Counted().Concat(other.Counted()));
        Suggestion shown = Assert.Single(
            Suggestion.Recurring(sum, ContentRun.SponsorOf(ContentRun.FrontTop), one.Log.Now)
        );
        Assert.Equal(
            (10, DeciderRun.Start, DeciderRun.Start + 5000, "one-5"),
            (shown.Counts.Requests, shown.Counts.First, shown.Counts.Last, shown.Counts.Example.Request)
        );
        Assert.Equal(10, shown.Counts.RequestsBefore(one.Log.Now));
        Assert.Equal(2, sum.Count);
    }

    [Fact]
    public void A_long_address_is_kept_in_part()
    {
        var run = new ContentRun(ContentRun.FrontTop);
        run.Send(Banner with { Id = "r", Resource = "https://news.example/".PadRight(3000, 'a') });
        Assert.Equal(512, run.OnlyType().GetProperty("example").GetProperty("resource").GetString()!.Length);
    }
}
