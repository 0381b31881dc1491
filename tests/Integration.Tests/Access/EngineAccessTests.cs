using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Engine.CommandLine;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;
using static Integration.Tests.Access.TestUsers;

namespace Integration.Tests.Access;

/// <summary>Who may use the endpoints of a running engine, by the users in its settings.</summary>
public sealed class EngineAccessTests
{
    /// <summary>The callers, in the order of what they may.</summary>
    private static readonly string[] Callers = ["news", "vera", "anna", "ada"];

    [Fact]
    public async Task Every_endpoint_asks_for_what_it_says()
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Any, new EngineYaml { SessionMs = 3000, Samples = true });
        lab.AddUsers(("ada", "admin"), ("anna", "analyst"), ("vera", "viewer"), ("news", "sponsor sp-1"));
        await using EngineRun run = await lab.StartAsync();
        using var http = new HttpClient();
        using JsonDocument document = JsonDocument.Parse(
            await http.GetStringAsync($"http://{run.Http}/openapi.json", TestContext.Current.CancellationToken)
        );
        var open = new List<string>();
        foreach (JsonProperty path in document.RootElement.GetProperty("paths").EnumerateObject())
        {
            foreach (JsonProperty method in path.Value.EnumerateObject())
            {
                string needs = method.Value.GetProperty("x-for").GetString()!,
                    at = path.Name.Replace("{sponsor}", "sp-1").Replace("{", "").Replace("}", "");
                Assert.Equal(needs == "everyone" ? 0 : 2, method.Value.GetProperty("security").GetArrayLength());
                string[] may = needs switch
                {
                    "everyone" => Callers,
                    "viewer" => ["vera", "anna", "ada"],
                    "analyst" => ["anna", "ada"],
                    "admin" => ["ada"],
                    "its sponsor or admin" => ["news", "ada"],
                    _ => throw new InvalidDataException(needs),
                };
                if (needs == "everyone")
                {
                    open.Add(path.Name);
                }

                HttpStatusCode nobody = await StatusAsync(run.Http, method.Name, at);
                Assert.Equal(needs == "everyone", nobody != HttpStatusCode.Unauthorized);
                foreach (string caller in Callers)
                {
                    HttpStatusCode status = await StatusAsync(run.Http, method.Name, at, caller);
                    Assert.True(
                        may.Contains(caller) == (status != HttpStatusCode.Forbidden)
                            && status != HttpStatusCode.Unauthorized,
                        $"{method.Name} {at} for {needs} answered {caller} with {status}"
                    );
                }
            }
        }

        Assert.Equal(["/b/{page}", "/healthz", "/i/{item}", "/m/{id}", "/openapi.json", "/readyz"], open);
        Assert.All(document.RootElement.GetProperty("paths").EnumerateObject(), path =>
            Assert.All(path.Value.EnumerateObject(), method =>
                IsDocumented($"{method.Name.ToUpperInvariant()} {path.Name}", method.Value)
            )
        );
    }

    /// <summary>docs/security.md has the endpoint in a row of those who may.</summary>
    private static void IsDocumented(string endpoint, JsonElement operation)
    {
        string who = operation.GetProperty("x-for").GetString()! switch
        {
            "its sponsor or admin" => "that sponsor, admin",
            var needs => needs,
        };
        string[] rows =
        [
            .. File.ReadLines(Path.Combine(Programs.Checkout, "docs", "security.md"))
                .Where(line => line.StartsWith("| `", StringComparison.Ordinal)),
        ];
        Assert.Contains(rows, row =>
            row.Split('|')[2].TrimStart().StartsWith(who, StringComparison.Ordinal)
            && Regex
                .Matches(row.Split('|')[1], "`([^`]*)`")
                .Select(match => Regex.Escape(match.Groups[1].Value).Replace("…", ".*"))
                .Any(pattern =>
                    Regex.IsMatch(endpoint, $"^([A-Z]+ )?{Regex.Replace(pattern, "<[a-z]+>", "\\{[a-z]+\\}")}$")
                )
        );
    }

    [Fact]
    public async Task A_loopback_server_is_open_until_the_first_user_and_never_again()
    {
        const string Verdict = "/v1/verdicts/c-1";
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Any);
        await using (EngineRun run = await lab.StartAsync())
        {
            await run.Process.SaysAsync("open to everyone on this machine");
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(run.Http, "GET", Verdict));

            await lab.Log.SendAsync(Record("ada", "admin"));
            await LiveWait.UntilAsync("the engine knows its first user", async () =>
                await StatusAsync(run.Http, "GET", Verdict) == HttpStatusCode.Unauthorized
            );
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(run.Http, "GET", Verdict, "ada"));

            await lab.Log.SendAsync(Removal("ada"));
            await LiveWait.UntilAsync("the user is gone", async () =>
                await StatusAsync(run.Http, "GET", Verdict, "ada") == HttpStatusCode.Unauthorized
            );
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(run.Http, "GET", Verdict));
        }

        // Neither after a restart, nor for a group whose base was made later.
        await using (EngineRun again = await lab.StartAsync())
        {
            Assert.DoesNotContain("open to everyone", again.Process.Error);
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(again.Http, "GET", Verdict));
        }

        await using EngineRun other = await lab.StartAsync("--group", "other", "--prefix", Lab.Second);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(other.Http, "GET", Verdict));
    }

    [Theory]
    [InlineData("0.0.0.0:0")]
    [InlineData("[::]:0")]
    public async Task Without_users_it_does_not_listen_to_other_machines(string address)
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Any);
        await using (
            EngineRun refused = EngineRun.Launch(lab.Brokers, lab.Redis.Address, lab.Config, "--http", address)
        )
        {
            CommandRun end = await refused.EndAsync();
            Assert.Equal(ExitCodes.WrongUse, end.ExitCode);
            Assert.Contains($"HTTP on {address}", end.Error);
            Assert.Contains("engine user add", end.Error);
            Assert.Contains("http_open", end.Error);
        }

        string open = (lab.Yaml with { More = "http_open: true" }).Write(lab.Folder, "open.yaml");
        await using (
            EngineRun run = await EngineRun.StartAsync(lab.Brokers, lab.Redis.Address, open, "--http", address)
        )
        {
            await run.Process.SaysAsync("open to everyone who reaches it");
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(Port(run), "GET", "/v1/verdicts/c-1"));
        }

        await lab.Log.SendAsync(Record("ada", "admin"));
        await using EngineRun closed = await lab.StartAsync("--http", address);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(Port(closed), "GET", "/v1/verdicts/c-1"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(Port(closed), "GET", "/v1/verdicts/c-1", "ada"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(Port(closed), "GET", "/healthz"));
    }

    private static string Port(EngineRun run) => "127.0.0.1:" + run.Http.Split(':')[^1];

    [Fact]
    public async Task An_admin_acts_for_any_sponsor_and_is_named_as_who_did()
    {
        (Lab lab, EngineRun run, HttpClient http) = await ContentRequestTests.StartAsync();
        await using Lab disposeLab = lab;
        await using EngineRun disposeRun = run;
        using HttpClient disposeHttp = http;
        await lab.Log.SendAsync(Record("ada", "admin"));
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TokenOf("ada"));
        await LiveWait.UntilAsync("the admin is known", async () =>
            (await http.GetAsync("/v1/sponsors/sp-1/suggestions")).StatusCode == HttpStatusCode.OK
        );
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await http.GetAsync("/v1/sponsors/sp-9/suggestions", TestContext.Current.CancellationToken)).StatusCode
        );
        string home = await http.GetStringAsync("/sponsors", TestContext.Current.CancellationToken);
        Assert.Contains("href=\"/sponsors/sp-1\"", home);
        string page = await http.GetStringAsync("/sponsors/sp-1", TestContext.Current.CancellationToken);
        Assert.Contains("News &lt;b&gt;&amp; Co&lt;/b&gt;", page);
    }
}
