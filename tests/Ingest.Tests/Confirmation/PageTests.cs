using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ingest.Confirmation;
using Ingest.Confirmation.Pictures;
using StackExchange.Redis;
using Xunit;

namespace Ingest.Tests.Confirmation;

/// <summary>systems.md 4: what becomes of a click whose action is <c>confirm</c>, over two front ends and a real
/// Redis.</summary>
public sealed partial class PageTests
{
    private const string Other = "198.51.100.4";

    [Fact]
    public async Task A_hit_leads_to_the_target_and_is_told_once()
    {
        await using FrontEnds rig = await FrontEnds.StartAsync();
        string page = await rig.ClickAsync("c-1");
        string hit = await rig.LookAsync(page);
        using HttpResponseMessage first = await rig.PostAsync(page, hit);
        using HttpResponseMessage again = await rig.PostAsync(page, hit, server: 1);
        Assert.All([first, again], answer =>
        {
            Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
            Assert.Equal(FrontEnds.Target, answer.Headers.Location!.ToString());
        });

        (string key, JsonNode e) = (await rig.ConfirmationsAsync(1))[0];
        Assert.Equal("203.0.113.0/24", key);
        Assert.Equal(
            ("c-1", "203.0.113.9", "confirmed", 1),
            ((string?)e["click"], (string?)e["ip"], (string?)e["outcome"], (int)e["attempts"]!)
        );
        Assert.InRange((long)e["latency_ms"]!, 400, 60_000);
        JsonNode state = await rig.StateAsync("c-1");
        Assert.Equal(
            ("confirmed", 1, "picture"),
            ((string?)state["outcome"], (int)state["attempts"]!, (string?)state["way"])
        );
        Assert.Equal((long)e["latency_ms"]!, (long)state["answered"]! - (long)state["shown"]!);

        rig.Forward(TimeSpan.FromSeconds(11));
        using HttpResponseMessage late = await rig.PostAsync(page, hit);
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
    }

    [Fact]
    public async Task After_three_misses_the_page_leads_on_without_billing()
    {
        await using FrontEnds rig = await FrontEnds.StartAsync();
        string page = await rig.ClickAsync("c-1");
        for (int attempt = 1; attempt < 3; attempt++)
        {
            using HttpResponseMessage missed = await rig.PostAsync(
                page,
                await rig.MissAsync(page),
                server: attempt % 2
            );
            Assert.Equal(HttpStatusCode.SeeOther, missed.StatusCode);
            string next = missed.Headers.Location!.ToString();
            Assert.NotEqual(page, next);
            using HttpResponseMessage former = await rig.PostAsync(page, await rig.LookAsync(page));
            Assert.Equal(HttpStatusCode.Conflict, former.StatusCode);
            page = next;
        }

        using HttpResponseMessage last = await rig.PostAsync(page, await rig.MissAsync(page));
        Assert.Equal(HttpStatusCode.OK, last.StatusCode);
        Assert.Contains($"href=\"{FrontEnds.Target}\"", await TextAsync(last));
        JsonNode e = (await rig.ConfirmationsAsync(1))[0].Event;
        Assert.Equal(("missed", 3), ((string?)e["outcome"], (int)e["attempts"]!));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_token_replayed_by_many_at_two_front_ends_counts_once(bool isHit)
    {
        await using FrontEnds rig = await FrontEnds.StartAsync();
        string page = await rig.ClickAsync("c-1");
        string form = isHit ? await rig.LookAsync(page) : await rig.MissAsync(page);
        HttpResponseMessage[] answers = await Task.WhenAll(
            Enumerable.Range(0, 100).Select(i => rig.PostAsync(page, form, server: i % 2))
        );
        HttpStatusCode[] codes = [.. answers.Select(answer => answer.StatusCode)];
        if (isHit)
        {
            Assert.All(codes, code => Assert.Equal(HttpStatusCode.SeeOther, code));
            await rig.ConfirmationsAsync(1);
        }
        else
        {
            Assert.Single(codes, HttpStatusCode.SeeOther);
            Assert.Equal(99, codes.Count(code => code == HttpStatusCode.Conflict));
        }

        JsonNode state = await rig.StateAsync("c-1");
        Assert.Equal(
            (isHit ? "confirmed" : "shown", isHit ? 1 : 2),
            ((string?)state["outcome"], (int)state["attempts"]!)
        );
        foreach (HttpResponseMessage answer in answers)
        {
            answer.Dispose();
        }
    }

    [Fact]
    public async Task Who_never_answers_is_expired_by_whichever_front_end_is_there()
    {
        await using FrontEnds rig = await FrontEnds.StartAsync();
        string page = await rig.ClickAsync("c-1");
        await rig.StopAsync(0);
        rig.Forward(TimeSpan.FromSeconds(61));
        JsonNode e = (await rig.ConfirmationsAsync(1))[0].Event;
        Assert.Equal("expired", (string?)e["outcome"]);
        using HttpResponseMessage late = await rig.PostAsync(page, await rig.MissAsync(page), server: 1);
        Assert.Contains("Time is over", await TextAsync(late));
        await rig.ConfirmationsAsync(1);
    }

    [Fact]
    public async Task Fetching_changes_nothing()
    {
        await using FrontEnds rig = await FrontEnds.StartAsync();
        string page = await rig.ClickAsync("c-1");
        string before = (await rig.StateAsync("c-1")).ToJsonString();
        for (int i = 0; i < 5; i++)
        {
            (await rig.GetAsync(page)).Dispose();
            (await rig.SendAsync(HttpMethod.Head, page, Other)).Dispose();
            (await rig.SendAsync(HttpMethod.Head, page + ".png", Other)).Dispose();
            (await rig.SendAsync(HttpMethod.Get, page, Other, null, 0, ("Sec-Purpose", "prefetch"))).Dispose();
        }

        Assert.Equal(before, (await rig.StateAsync("c-1")).ToJsonString());
        using HttpResponseMessage preview = await rig.SendAsync(
            HttpMethod.Get,
            "/click?campaign=cmp-7&publisher=pub-12&id=c-2",
            Other,
            null,
            0,
            ("Sec-Purpose", "prefetch;prerender")
        );
        Assert.Equal(HttpStatusCode.Redirect, preview.StatusCode);
        Assert.False(await rig.Redis.Database.KeyExistsAsync("confirm:c-2"));
    }

    [Fact]
    public async Task Enter_on_the_picture_is_no_answer()
    {
        await using FrontEnds rig = await FrontEnds.StartAsync(count: 1);
        string page = await rig.ClickAsync("c-1");
        using HttpResponseMessage answer = await rig.PostAsync(page, "wide.x=0&wide.y=0");
        Assert.Equal(page, answer.Headers.Location!.ToString());
        Assert.Equal(1, (int)(await rig.StateAsync("c-1"))["attempts"]!);
    }

    [Fact]
    public async Task Another_network_gets_a_new_page_and_loses_no_attempt()
    {
        await using FrontEnds rig = await FrontEnds.StartAsync(count: 1);
        string page = await rig.ClickAsync("c-1");
        string hit = await rig.LookAsync(page);
        using HttpResponseMessage moved = await rig.PostAsync(page, hit, ip: "2001:db8::1");
        string next = moved.Headers.Location!.ToString();
        Assert.StartsWith("/confirm/", next);
        Assert.Equal(1, (int)(await rig.StateAsync("c-1"))["attempts"]!);
        using HttpResponseMessage answer = await rig.PostAsync(next, await rig.LookAsync(next), ip: "2001:db8::2");
        Assert.Equal(FrontEnds.Target, answer.Headers.Location!.ToString());
        // In the partition of the click, not of the answer.
        Assert.Equal("203.0.113.0/24", (await rig.ConfirmationsAsync(1))[0].Key);
    }

    [Fact]
    public async Task An_answer_sooner_than_a_person_can_give_it_misses()
    {
        await using FrontEnds rig = await FrontEnds.StartAsync(count: 1);
        string page = await rig.ClickAsync("c-1");
        (int x, int y) = PictureSize.Wide.PlaceOf((await rig.ReadAsync(page)).Seed);
        using HttpResponseMessage blind = await rig.PostAsync(page, $"wide.x={x}&wide.y={y}");
        string next = blind.Headers.Location!.ToString();
        Assert.NotEqual(FrontEnds.Target, next);

        (await rig.GetAsync(next + ".png?size=narrow")).Dispose();
        (x, y) = PictureSize.Narrow.PlaceOf((await rig.ReadAsync(next)).Seed);
        using HttpResponseMessage soon = await rig.PostAsync(next, $"narrow.x={x}&narrow.y={y}");
        Assert.NotEqual(FrontEnds.Target, soon.Headers.Location!.ToString());
        Assert.Equal(3, (int)(await rig.StateAsync("c-1"))["attempts"]!);
    }

    [Fact]
    public async Task The_accessible_way_takes_digits_or_words_three_times_an_hour()
    {
        await using FrontEnds rig = await FrontEnds.StartAsync();
        for (int i = 0; i < 4; i++)
        {
            string page = await rig.ClickAsync($"c-{i}");
            using HttpResponseMessage way = await rig.PostAsync(page, "accessible=1", server: i % 2);
            if (i == 3)
            {
                Assert.Contains("used too often", await TextAsync(way));
                break;
            }

            page = way.Headers.Location!.ToString();
            using HttpResponseMessage shown = await rig.GetAsync(page);
            string words = WordsOfCode().Match(await TextAsync(shown)).Groups[1].Value;
            string code =
                i == 0 ? words
                : i == 1 ? words.ToUpperInvariant().Replace(",", "")
                : Digits(words);
            using HttpResponseMessage answer = await rig.PostAsync(page, "code=" + Uri.EscapeDataString(code));
            Assert.Equal(FrontEnds.Target, answer.Headers.Location!.ToString());
        }

        Assert.Equal("accessible", (string?)(await rig.StateAsync("c-2"))["way"]);
        HashEntry[] report = await rig.Redis.Database.HashGetAllAsync(
            rig.Redis.Keys("stats:confirmation:pub-12:").Single()
        );
        Assert.Equal(3, (long)report.Single(field => field.Name == "accessible").Value);
    }

    [Fact]
    public async Task A_wrong_code_misses()
    {
        await using FrontEnds rig = await FrontEnds.StartAsync(count: 1);
        using HttpResponseMessage way = await rig.PostAsync(await rig.ClickAsync("c-1"), "accessible=1");
        using HttpResponseMessage answer = await rig.PostAsync(way.Headers.Location!.ToString(), "code=12345");
        Assert.StartsWith("/confirm/", answer.Headers.Location!.ToString());
        Assert.Equal(2, (int)(await rig.StateAsync("c-1"))["attempts"]!);
    }

    [Fact]
    public async Task More_time_is_given_ten_times()
    {
        await using FrontEnds rig = await FrontEnds.StartAsync(count: 1);
        string page = await rig.ClickAsync("c-1");
        for (int i = 0; i < 10; i++)
        {
            rig.Forward(TimeSpan.FromSeconds(50));
            using HttpResponseMessage more = await rig.PostAsync(page, "more=1");
            Assert.Equal(page, more.Headers.Location!.ToString());
        }

        rig.Forward(TimeSpan.FromSeconds(50));
        (await rig.PostAsync(page, "more=1")).Dispose();
        string hit = await rig.LookAsync(page);
        using (HttpResponseMessage answer = await rig.PostAsync(page, hit))
        {
            Assert.Equal(FrontEnds.Target, answer.Headers.Location!.ToString());
        }

        string other = await rig.ClickAsync("c-2");
        rig.Forward(TimeSpan.FromSeconds(61));
        using HttpResponseMessage late = await rig.PostAsync(other, "more=1");
        using HttpResponseMessage over = await rig.GetAsync(other);
        Assert.Contains("Time is over", await TextAsync(over));
    }

    [Fact]
    public async Task Without_Redis_there_is_no_free_pass()
    {
        await using FrontEnds rig = await FrontEnds.StartAsync(count: 1);
        string page = await rig.ClickAsync("c-1");
        string hit = await rig.LookAsync(page);
        await rig.Redis.Process.KillAsync();
        using HttpResponseMessage answer = await rig.PostAsync(page, hit);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    [Fact]
    public async Task Altered_addresses_are_refused()
    {
        await using FrontEnds rig = await FrontEnds.StartAsync(count: 1);
        string page = await rig.ClickAsync("c-1");
        foreach (
            string altered in new[] { page[..^1], page + "A", "/confirm/x", page.Replace("/confirm/A", "/confirm/B") }
        )
        {
            using HttpResponseMessage got = await rig.GetAsync(altered);
            using HttpResponseMessage posted = await rig.PostAsync(altered, "wide.x=1&wide.y=1");
            Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (got.StatusCode, posted.StatusCode));
        }
    }

    [Fact]
    public async Task The_page_is_for_nobody_s_frame_cache_or_log_and_tells_nothing_of_the_place()
    {
        await using FrontEnds rig = await FrontEnds.StartAsync(count: 1);
        var markup = new HashSet<string>();
        for (int i = 100; i < 120; i++)
        {
            string page = await rig.ClickAsync($"c-{i}");
            using HttpResponseMessage shown = await rig.GetAsync(page);
            Assert.Contains("frame-ancestors 'none'", shown.Headers.GetValues("Content-Security-Policy").Single());
            Assert.Equal("no-referrer", shown.Headers.GetValues("Referrer-Policy").Single());
            Assert.True(shown.Headers.CacheControl!.NoStore);
            markup.Add(Clock().Replace((await TextAsync(shown)).Replace(page, "/confirm/…"), "…"));
            using HttpResponseMessage picture = await rig.GetAsync(page + ".png?size=wide");
            Assert.True(picture.Headers.CacheControl!.NoStore);
            Assert.Equal(ConfirmationPicture.Bytes, picture.Content.Headers.ContentLength);
        }

        Assert.Single(markup);
    }

    [Theory]
    [InlineData(ConfirmationMode.AlwaysHit)]
    [InlineData(ConfirmationMode.AlwaysMiss)]
    public async Task An_integration_can_be_tested(ConfirmationMode mode)
    {
        await using FrontEnds rig = await FrontEnds.StartAsync(count: 1, mode);
        using HttpResponseMessage answer = await rig.PostAsync(await rig.ClickAsync("c-1"), "wide.x=7&wide.y=7");
        Assert.Equal(mode == ConfirmationMode.AlwaysHit, answer.Headers.Location!.ToString() == FrontEnds.Target);
    }

    [Fact]
    public async Task A_reloaded_link_goes_on_with_its_page()
    {
        await using FrontEnds rig = await FrontEnds.StartAsync(count: 1);
        string page = await rig.ClickAsync("c-1");
        (await rig.PostAsync(page, await rig.MissAsync(page))).Dispose();
        string again = await rig.ClickAsync("c-1");
        Assert.Equal(2, (await rig.ReadAsync(again)).Token.Attempt);
        using HttpResponseMessage answer = await rig.PostAsync(again, await rig.LookAsync(again));
        Assert.Equal(FrontEnds.Target, answer.Headers.Location!.ToString());
        await rig.ConfirmationsAsync(1);
    }

    private static Task<string> TextAsync(HttpResponseMessage answer) =>
        answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    private static string Digits(string words) =>
        string.Concat(
            words
                .Split(", ")
                .Select(word =>
                    Array.IndexOf(
                        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
                        word
                    )
                )
        );

    [GeneratedRegex("Your code is: <strong>([a-z, ]+)</strong>")]
    private static partial Regex WordsOfCode();

    [GeneratedRegex("[0-9]{2}:[0-9]{2}:[0-9]{2}")]
    private static partial Regex Clock();
}
