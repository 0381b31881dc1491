using System.Text.Json;
using Engine.Pipeline.Lists;
using Tests.Support;
using Xunit;

namespace Pipeline.Tests.Lists;

public sealed class AgentListTests
{
    [Fact]
    public void Parts_match_in_any_case_expressions_in_their_own_and_exceptions_win()
    {
        AgentList list = AgentList.ReadLines("x", ["# bots", " GoodBot ", "!cubot", "bot", "re:^Tool/[0-9]+$", ""]);
        Assert.Equal("GoodBot", list.Match("Mozilla goodbot/1"));
        Assert.Equal("bot", list.Match("aBOTb"));
        Assert.Null(list.Match("CUBOT X18 goodbot"));
        Assert.Equal("^Tool/[0-9]+$", list.Match("Tool/12"));
        Assert.Null(list.Match("tool/12"));
        Assert.Null(list.Match(""));
        Assert.Null(AgentList.ReadLines("x", []).Match("bot"));
        AgentList phones = AgentList.ReadLines("x", ["bot", "!re:^phone [a-z]*bot$"]);
        Assert.Null(phones.Match("phone mybot"));
        Assert.Equal("bot", phones.Match("phone mybot goodbot"));
    }

    [Fact]
    public void A_user_agent_is_judged_by_its_first_1024_characters()
    {
        AgentList list = AgentList.ReadLines("x", ["bot"]);
        Assert.Equal("bot", list.Match(new string('x', 1_021) + "bot"));
        Assert.Null(list.Match(new string('x', 1_022) + "bot"));
    }

    [Theory]
    [InlineData("re:(?=x)")]
    [InlineData("re:(a)\\1")]
    [InlineData("re:(")]
    [InlineData("re:")]
    [InlineData("!")]
    [InlineData("!re:")]
    [InlineData("!re:(a)\\1")]
    public void What_cannot_be_matched_in_linear_time_or_would_match_everything_is_refused(string line) =>
        Assert.NotEmpty(Assert.Throws<FormatException>(() => AgentList.ReadLines("x", ["bot", line])).Message);

    [Fact]
    public void Every_instance_of_the_published_crawlers_matches_and_no_browser()
    {
        string json = File.ReadAllText(Shared.File("givt/crawler-user-agents.json"));
        AgentList list = AgentList.ReadJson("x", json);
        int instances = 0;
        foreach (JsonElement entry in JsonDocument.Parse(json).RootElement.EnumerateArray())
        {
            if (entry.TryGetProperty("instances", out JsonElement agents))
            {
                foreach (JsonElement agent in agents.EnumerateArray())
                {
                    Assert.True(list.Match(agent.GetString()!) != null, agent.GetString());
                    instances++;
                }
            }
        }

        Assert.Equal(2_118, instances);
        foreach (string browser in File.ReadLines(Shared.File("givt/browser-user-agents.txt")))
        {
            Assert.Null(list.Match(browser));
        }
    }

    [Fact]
    public void The_shipped_list_finds_most_crawlers_and_no_browser()
    {
        AgentList list = Shipped();
        string[] browsers =
        [
            .. File.ReadLines(Shared.File("givt/browser-user-agents.txt")).Where(line => line.Length > 0),
        ];
        Assert.DoesNotContain(browsers, browser => list.Match(browser) != null);
        string[] crawlers =
        [
            .. JsonDocument
                .Parse(File.ReadAllText(Shared.File("givt/crawler-user-agents.json")))
                .RootElement.EnumerateArray()
                .Where(entry => entry.TryGetProperty("instances", out _))
                .SelectMany(entry => entry.GetProperty("instances").EnumerateArray())
                .Select(agent => agent.GetString()!),
        ];
        Assert.True(Share(list, crawlers) > 0.93, $"{Share(list, crawlers)} of the crawlers");

        List<string> bots = [],
            others = [];
        foreach (string line in SharedData.Lines(Shared.File("clicks/peers/user-agents.jsonl.gz")))
        {
            JsonElement agent = JsonDocument.Parse(line).RootElement;
            (agent.GetProperty("bot").GetInt32() == 1 ? bots : others).Add(agent.GetProperty("ua").GetString()!);
        }
        Assert.True(Share(list, bots) > 0.77, $"{Share(list, bots)} of the bots");
        Assert.True(Share(list, others) < 0.008, $"{Share(list, others)} of what is not known as one");
    }

    /// <summary>Words that robots use of themselves are also in names of phones, and of apps that people search
    /// with.</summary>
    [Theory]
    [InlineData("M bot 60", "")]
    [InlineData("IDbot553", "")]
    [InlineData("M BOT TAB 101", "")]
    [InlineData("Monitor 5 Robot", "")]
    [InlineData("Mi A1", " YandexSearch/7.71 YandexSearchBrowser/7.71")]
    [InlineData("STK-L21", "HiSearch/22.0.6.315")]
    public void A_phone_or_an_app_with_a_robots_word_in_its_name_is_a_persons(string model, string app)
    {
        AgentList list = Shipped();
        Assert.Null(list.Match(Phone(model) + app));
        Assert.NotNull(list.Match(Phone(model) + app + " (compatible; Somebot/2.1; +http://example.com/bot.html)"));
        Assert.NotNull(list.Match(Phone(model) + app + " HeadlessChrome/126.0"));
    }

    private static string Phone(string model) =>
        $"Mozilla/5.0 (Linux; Android 8.1.0; {model} Build/OPM1.171019.026; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
        + "Version/4.0 Chrome/68.0.3440.91 Mobile Safari/537.36";

    private static double Share(AgentList list, IReadOnlyCollection<string> agents) =>
        agents.Count(agent => list.Match(agent) != null) / (double)agents.Count;

    private static AgentList Shipped() =>
        AgentList.ReadLines(
            "crawlers",
            File.ReadLines(Path.Combine(SharedData.Repository, "configs", "lists", "crawlers.txt"))
        );
}
