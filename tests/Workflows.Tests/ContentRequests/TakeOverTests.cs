using Engine.Workflows.ContentRequests.Decision;
using Engine.Workflows.Module;
using Xunit;

namespace Workflows.Tests.ContentRequests;

/// <summary>
/// A kill, a takeover, a duplicate or a log that is read again give the same results and the same counts.
/// </summary>
public class TakeOverTests
{
    private static readonly (string, string)[] Settings =
    [
        ("sponsor/sp-2", """{"resources":["https://b.example/"],"requests_per_s":1}"""),
        ("content/limits", """{"network_requests":40}"""),
        ContentRun.FrontTop,
    ];

    private static Ask Drawn(Random random, int i) =>
        new($"r-{i}")
        {
            Sponsor = random.Next(10) switch
            {
                0 => "sp-9",
                < 4 => "sp-2",
                _ => "sp-1",
            },
            Resource =
                random.Next(8) == 0 ? null
                : random.Next(2) == 0 ? "https://b.example/"
                : "https://news.example/",
            Ip = random.Next(4) == 0 ? null : $"203.0.{random.Next(3)}.{random.Next(9)}",
            Unit = random.Next(3) switch
            {
                0 => "news/front/top",
                1 => "news/front",
                _ => "sport/" + random.Next(5),
            },
            Sizes = $"[[{random.Next(3) * 100},250]]",
        };

    private static ContentRun Play(int takeOverEvery)
    {
        var standings = new KnownStandings { Networks = { ["203.0.2.0/24"] = new ClickSums(100, 99, 0, 0) } };
        var run = new ContentRun(standings, Settings);
        var random = new Random(7);
        for (int i = 0; i < 3000; i++)
        {
            Ask ask = Drawn(random, i);
            run.Send(ask);
            if (random.Next(10) == 0)
            {
                run.Send(ask);
            }

            run.Log.Now += random.Next(0, 900);
            if (i == 1500)
            {
                run.Log.Setting("definition/sp-1/sport", """{"unit":"sport/1","sizes":[[100,250]],"item":"it-s"}""");
            }

            if (takeOverEvery > 0 && i % takeOverEvery == 0)
            {
                run.Log.TakeOver();
            }
        }
        return run;
    }

    [Theory]
    [InlineData(1499)]
    [InlineData(97)]
    public void However_often_it_is_taken_over(int every)
    {
        ContentRun never = Play(0),
            often = Play(every);
        Assert.Equal(never.Log.Values.OrderBy(value => value.Key), often.Log.Values.OrderBy(value => value.Key));
        Assert.Equal(never.Counted().OrderBy(type => type.Key), often.Counted().OrderBy(type => type.Key));
        Assert.Equal(never.Counted("sp-2").OrderBy(type => type.Key), often.Counted("sp-2").OrderBy(type => type.Key));
        Assert.Equal(
            never.Log.Remembered.OrderBy(field => field.Key),
            often.Log.Remembered.OrderBy(field => field.Key)
        );
        // All kinds of answers were there to differ.
        string all = string.Concat(never.Log.Values.Values);
        Assert.All(
            [
                "sponsor.unknown",
                "resource.foreign",
                "rate.sponsor",
                "rate.network",
                "standing.network",
                "\"valid\"",
                "invalid-format",
                "invalid-unit",
            ],
            word => Assert.Contains(word, all)
        );
    }

    [Fact]
    public void A_duplicate_changes_nothing()
    {
        var run = new ContentRun(ContentRun.FrontTop);
        Ask ask = new("r") { Sizes = "[[320,50]]" };
        run.Send(ask);
        run.Log.TakeOver();
        run.Send(ask).Send(ask with { Sizes = "[[1,1]]" });
        Assert.Equal(2, run.Log.Counts.Duplicates);
        Assert.Equal(1, run.Types().Single().Value.Requests);
    }

    [Fact]
    public void What_recurs_is_remembered_longer_than_the_log_is_read_again()
    {
        var run = new ContentRun(ContentRun.FrontTop);
        Ask ask = new("") { Sizes = "[[320,50]]" };
        run.Repeat(9, ask, "a");
        run.Log.Now += 6 * 86_400_000L;
        run.Log.TakeOver();
        run.Repeat(1, ask, "b");
        Suggestion shown = Assert.Single(
            Suggestion.Recurring(run.Types(), ContentRun.SponsorOf(ContentRun.FrontTop), run.Log.Now)
        );
        Assert.Equal((10, DeciderRun.Start), (shown.Counts.Requests, shown.Counts.First));
    }

    [Fact]
    public void The_bound_of_types_holds_after_a_takeover()
    {
        var run = new ContentRun(ContentRun.FrontTop);
        for (int i = 0; i < SponsorTypes.MaxCount; i++)
        {
            run.Repeat(1, new Ask("") { Sizes = $"[[{i + 1},1]]" }, $"a{i}");
        }

        run.Log.TakeOver();
        run.Repeat(1, new Ask("") { Sizes = "[[5000,1]]" }, "new");
        Assert.Equal(SponsorTypes.MaxCount, run.Counted().Count);
        Assert.Equal(SponsorTypes.MaxCount, run.Log.Remembered.Count);
    }
}
