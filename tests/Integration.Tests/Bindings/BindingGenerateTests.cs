using System.Text;
using System.Text.Json;
using Integration.Tests.Access;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests.Bindings;

/// <summary><c>ingest generate --bindings</c> and <c>ingest replay</c> of bindings.</summary>
public sealed class BindingGenerateTests
{
    [Fact]
    public async Task Where_there_are_users_codes_are_asked_for_with_a_token()
    {
        await using Lab lab = await BindingLab.StartAsync(Redises.Any);
        lab.AddUsers(("anna", "analyst"));
        await using EngineRun engine = await lab.StartAsync();
        string token = lab.Folder.Write("token", TestUsers.TokenOf("anna"));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(token, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        string[] generate = ["generate", "10", "--kafka", lab.Brokers, "--bindings", "20", "--engine", engine.Http];
        CommandRun refused = await Programs.IngestAsync(generate);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("This needs a token with role analyst", refused.Error);
        CommandRun taken = await Programs.IngestAsync([.. generate, "--token-file", token]);
        Assert.True(taken.ExitCode == 0, taken.ToString());
        Assert.InRange(lab.Log.ReadAll("bindings").Count, 20, 30);
    }

    [Fact]
    public async Task Bindings_follow_the_clicks_good_and_bad_and_a_file_of_them_is_replayed_under_their_pages()
    {
        await using Lab lab = await BindingLab.StartAsync(Redises.Any);
        await using EngineRun engine = await lab.StartAsync();
        CommandRun generate = await Programs.IngestAsync(
            "generate",
            "10",
            "--kafka",
            lab.Brokers,
            "--bindings",
            "300",
            "--engine",
            engine.Http,
            "--seed",
            "7"
        );
        Assert.True(generate.ExitCode == 0, generate.ToString());
        Assert.Contains("binding", generate.Out);
        var records = lab.Log.ReadAll("bindings");
        Assert.All(records, record => Assert.Equal("poster-7"u8.ToArray(), record.Message.Key));
        Assert.InRange(records.Count, 301, 330);
        await LiveWait.UntilAsync("all are decided", () => lab.Redis.Keys("binding:").Count == 300);
        await LiveWait.UntilAsync("all are counted", async () => await SumAsync(lab) == 300);
        SortedDictionary<string, string> counts = await lab.Redis.HashesAsync("stats:binding:");
        Assert.All(
            ["operation:pay", "suspect:pay", "refused:code.used", "refused:code.forged", "refused:prompt.missing"],
            field => Assert.Contains(counts.Keys, key => key.EndsWith(' ' + field))
        );
        Assert.True(long.Parse(counts.Single(count => count.Key.EndsWith(" operation:pay")).Value) > 200);

        // A file of one that was never sent.
        using var client = new BindingClient(engine.Http);
        string code = (await client.CodeAsync()).GetProperty("code").GetString()!;
        string file = lab.Folder.Write("bindings.jsonl", BindingClient.Event("replayed", code) + "\n");
        CommandRun replay = await Programs.IngestAsync("replay", file, "--kafka", lab.Brokers);
        Assert.True(replay.ExitCode == 0, replay.ToString());
        Assert.Equal("counted", (await client.OutcomeAsync("replayed")).GetProperty("outcome").GetString());
        Assert.Equal(
            "poster-7",
            Encoding.UTF8.GetString(
                lab.Log.ReadAll("bindings")
                    .Single(record =>
                        JsonDocument.Parse(record.Message.Value).RootElement.GetProperty("id").GetString() == "replayed"
                    )
                    .Message.Key
            )
        );
    }

    [Fact]
    public async Task Without_an_engine_bindings_cannot_be_generated_and_it_says_so()
    {
        using var folder = new LiveFolder();
        CommandRun none = await Programs.RunAsync(
            "ingest",
            folder.Path,
            ["generate", "10", "--out", "events.jsonl", "--bindings", "5"]
        );
        Assert.Equal(2, none.ExitCode);
        Assert.Contains("--bindings needs an engine", none.Error);
    }

    /// <summary>Every binding is counted, suspect or refused once; by the prompt, here, for one reason.</summary>
    private static async Task<long> SumAsync(Lab lab) =>
        (await lab.Redis.HashesAsync("stats:binding:"))
            .Where(count =>
                count.Key.Split(' ')[1] is var field
                && (field.StartsWith("operation:") || field.StartsWith("suspect:") || field.StartsWith("refused:"))
            )
            .Sum(count => long.Parse(count.Value));
}
