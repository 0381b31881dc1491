using Engine.Contracts;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests;

/// <summary>
/// Each content request is answered and counted once, whatever comes between: kills leave what an undisturbed run
/// leaves.
/// </summary>
public sealed class ContentKillTests
{
    private const int Requests = 6000;

    [Theory]
    [InlineData(Redises.Server)]
    [InlineData(Redises.Garnet)]
    [InlineData(Redises.Cluster)]
    public async Task Kills_in_the_middle_change_neither_answers_nor_counts(string redis)
    {
        using var folder = new LiveFolder();
        await using Lab lab = await Lab.EmbeddedAsync(
            redis,
            new EngineYaml { SessionMs = 3000, Settings = ContentRequestTests.SettingsIn(folder) }
        );
        LiveRecord[] records = [.. Records(LiveEvents.Now - 600_000)];
        Task sending = Task.Run(
            async () =>
            {
                foreach (LiveRecord[] slice in records.Chunk(150))
                {
                    lab.Log.SendAll(slice);
                    await Task.Delay(150, TestContext.Current.CancellationToken);
                }
            },
            TestContext.Current.CancellationToken
        );
        foreach (double share in new[] { 0.25, 0.5 })
        {
            await using EngineRun run = await lab.StartAsync();
            await LiveWait.UntilAsync(
                $"{share:P0} are decided",
                () => lab.Redis.Keys("content:").Count > Requests * share,
                TimeSpan.FromSeconds(90)
            );
            await run.Process.KillAsync();
        }
        await sending;
        await lab.RunUntilIdleAsync(lab.Redis);

        LiveResults calm = await lab.AnotherRedisAsync(Redises.Any);
        await calm.Database.StringSetAsync(
            $"{Lab.Second}settings-base:calm",
            await lab.Redis.Database.StringGetAsync("settings-base:engine")
        );
        await lab.RunUntilIdleAsync(calm, "--group", "calm", "--prefix", Lab.Second);
        SortedDictionary<string, string> disturbed = await AllAsync(lab.Redis, ""),
            undisturbed = await AllAsync(calm, Lab.Second);
        Assert.Equal(Requests, undisturbed.Keys.Count(key => key.StartsWith("content:", StringComparison.Ordinal)));
        Assert.Contains(undisturbed.Keys, key => key.StartsWith("suggestions:sp-1:", StringComparison.Ordinal));
        Assert.Equal(undisturbed, disturbed);
    }

    /// <summary>Requests of every validity, spam, and some that come twice, stamped over ten minutes.</summary>
    internal static IEnumerable<LiveRecord> Records(long start)
    {
        for (int i = 0; i < Requests; i++)
        {
            long time = start + i * 100;
            string sponsor = i % 7 == 0 ? "sp-2" : "sp-1",
                resource = i % 11 == 0 ? "https://evil.example/"
                : sponsor == "sp-2" ? "https://other.example/"
                : "https://news.example/";
            string json = ContentRequestTests.Request(
                $"r-{i}",
                i % 3 == 0 ? "news/front/top" : $"sport/{i % 5}",
                $"[[{i % 4 * 100},250]]",
                sponsor: sponsor,
                resource: resource,
                time: time
            );
            for (int sent = i % 50 == 9 ? 2 : 1; sent > 0; sent--)
            {
                yield return new LiveRecord(Topics.ContentRequests, sponsor, json, time);
            }
        }
    }

    private static async Task<SortedDictionary<string, string>> AllAsync(LiveResults redis, string prefix)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string key, string value) in await redis.StringsAsync(prefix + "content:"))
        {
            all[key[prefix.Length..]] = value;
        }

        foreach ((string key, string value) in await redis.HashesAsync(prefix + "suggestions:"))
        {
            all[key[prefix.Length..]] = value;
        }

        return all;
    }
}
