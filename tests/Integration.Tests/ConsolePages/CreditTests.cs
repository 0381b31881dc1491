using System.Globalization;
using System.Text.Json;
using Integration.Tests.Access;
using Integration.Tests.Rig;
using Xunit;

namespace Integration.Tests.ConsolePages;

/// <summary>Credit reports: page, CSV, endpoint and command tell the same, and it is what the totals tell.</summary>
public sealed class CreditTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("redis-server")]
    [InlineData("Redis Cluster")]
    public async Task Reports_equal_the_totals_to_the_micro(string redis)
    {
        await using ConsoleLab lab = await ConsoleLab.StartAsync(redis);
        await lab.PlayAsync(clicks: 400);
        string month = DateTimeOffset.UtcNow.ToString("yyyy-MM", CultureInfo.InvariantCulture);
        using HttpClient http = lab.As("vera");
        (long cost, long credit) = await TotalsAsync(lab, "cmp-1", month);
        Assert.True(credit > 0 && cost > credit);

        JsonElement json = JsonDocument
            .Parse(await http.GetStringAsync(lab.At($"/v1/campaigns/cmp-1/credit?month={month}"), Cancel))
            .RootElement;
        Assert.Equal((cost, credit), (Long(json, "cost_micros"), Long(json, "credit_micros")));
        Assert.Equal(
            ("UTC", "cmp-1", month),
            (json.GetProperty("time_zone").GetString(), json.GetProperty("campaign").GetString(), Text(json, "month"))
        );
        Assert.Equal(cost, json.GetProperty("days").EnumerateArray().Sum(day => Long(day, "cost_micros")));
        Assert.Equal(cost, json.GetProperty("classes").EnumerateObject().Sum(one => Long(one.Value, "cost_micros")));

        string[][] one = Rows(
            await http.GetStringAsync(lab.At($"/console/campaigns/cmp-1/credit.csv?month={month}"), Cancel)
        );
        Assert.Equal((cost, credit), (Sum(one, "cost_micros"), Sum(one, "credit_micros")));
        string allText = await http.GetStringAsync(lab.At($"/console/credit.csv?month={month}"), Cancel);
        string[][] all = Rows(allText);
        string[] row = Assert.Single(all, cells => cells[0] == "cmp-1");
        Assert.Equal($"{cost}", row[Array.IndexOf(all[0], "cost_micros")]);
        Assert.Equal($"{credit}", row[Array.IndexOf(all[0], "credit_micros")]);

        CommandRun csv = await CreditAsync(lab, "--month", month);
        Assert.Equal((0, allText.ReplaceLineEndings("\n")), (csv.ExitCode, csv.Out.ReplaceLineEndings("\n")));
        CommandRun command = await CreditAsync(lab, "cmp-1", "--month", month, "--json");
        Assert.Equal(json.GetRawText(), JsonDocument.Parse(command.Out).RootElement.GetRawText());
        Assert.Equal(2, (await CreditAsync(lab, "--month", "2026-13")).ExitCode);
    }

    [Fact]
    public async Task No_cell_is_a_formula()
    {
        await using ConsoleLab lab = await ConsoleLab.StartAsync();
        await lab.PlayAsync(clicks: 20);
        using HttpClient http = lab.As("vera");
        string[][] rows = Rows(await http.GetStringAsync(lab.At("/console/credit.csv"), Cancel));
        foreach (string name in ConsoleLab.EvilNames)
        {
            Assert.Single(rows, row => row[0] == (name[0] is '=' or '+' or '-' or '@' ? "'" + name : name));
        }

        Assert.DoesNotContain(rows.SelectMany(row => row), cell => cell.Length > 0 && "=+-@\t\r".Contains(cell[0]));
    }

    [Theory]
    [InlineData("/v1/campaigns/cmp-1/credit?month=2026-13")]
    [InlineData("/console/credit.csv?month=x")]
    [InlineData("/console/credit?month=0001-01")]
    public async Task A_month_that_is_none_is_refused(string path)
    {
        await using ConsoleLab lab = await ConsoleLab.StartAsync();
        Assert.Equal(
            System.Net.HttpStatusCode.BadRequest,
            await TestUsers.StatusAsync(lab.Run.Http, "GET", path, "vera")
        );
    }

    /// <summary>Cost, and cost of invalid clicks, as the hours' hashes have them.</summary>
    private static async Task<(long, long)> TotalsAsync(ConsoleLab lab, string campaign, string month)
    {
        long cost = 0,
            credit = 0;
        DateTime first = DateTime.Parse(month + "-01", CultureInfo.InvariantCulture);
        for (DateTime hour = first; hour < first.AddMonths(1); hour = hour.AddHours(1))
        {
            for (int partition = 0; partition < 4; partition++)
            {
                string key =
                    $"stats:campaign:{campaign}:{hour.ToString("yyyy-MM-dd'T'HH", CultureInfo.InvariantCulture)}"
                    + $":{{interactions-{partition}}}";
                StackExchange.Redis.RedisValue[] found = await lab.Lab.Redis.Database.HashGetAsync(
                    key,
                    ["cost_micros", "cost_micros:givt", "cost_micros:sivt"]
                );
                cost += (long)found[0];
                credit += (long)found[1] + (long)found[2];
            }
        }

        return (cost, credit);
    }

    private static Task<CommandRun> CreditAsync(ConsoleLab lab, params string[] arguments) =>
        Programs.EngineAsync([
            "credit",
            .. arguments,
            "--kafka",
            lab.Lab.Brokers,
            "--redis",
            lab.Lab.Redis.Address,
            "--config",
            lab.Lab.Config,
        ]);

    private static long Sum(string[][] rows, string column) =>
        rows.Skip(1).Sum(row => long.Parse(row[Array.IndexOf(rows[0], column)], CultureInfo.InvariantCulture));

    /// <summary>Reads CSV by its grammar (RFC 4180).</summary>
    private static string[][] Rows(string csv)
    {
        var rows = new List<string[]>();
        foreach (string line in csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries))
        {
            using var reader = new Microsoft.VisualBasic.FileIO.TextFieldParser(new StringReader(line));
            reader.SetDelimiters(",");
            rows.Add(reader.ReadFields()!);
        }

        return [.. rows];
    }

    private static long Long(JsonElement json, string name) => json.GetProperty(name).GetInt64();

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();
}
