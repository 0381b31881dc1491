using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Confluent.Kafka;
using Engine.Client.Provisioning;
using Engine.Contracts;

namespace Bench.EndToEnd;

/// <summary>Measures how long an ad's link takes, from the request to the redirect, with broker, engine, Redis and
/// front end on this machine, at rates that don't wait for answers.</summary>
internal sealed partial class LinkLatency : IDisposable
{
    private const string Target = "https://shop.example/p/1";

    /// <summary>Requests before the measurement: programs that have just started compile.</summary>
    private const int WarmUpSeconds = 15;

    private static readonly TimeSpan Within = TimeSpan.FromMinutes(2);

    private readonly Plan _plan;
    private readonly TimeProvider _clock = TimeProvider.System;
    private readonly string _folder = Directory.CreateTempSubdirectory("engine-bench-").FullName;
    private readonly Broker _broker;
    private readonly Store _store;

    private sealed record Figures(int Rate, double[] Ms, int Undecided, int Errors);

    public LinkLatency(Plan plan)
    {
        _plan = plan;
        _broker = new Broker(plan.KafkaTool, _folder);
        _store = new Store("redis", plan.Root, _folder);
    }

    /// <param name="seconds">How long each rate is held.</param>
    public async Task RunAsync(int seconds, TextWriter to)
    {
        await new TopicProvisioner(_broker.Address)
            .EnsureAsync([Topics.Interactions, Topics.Settings], TopicTimestamps.LogAppendTime)
            .ConfigureAwait(false);
        using Contestant engine = new(
            _plan,
            "engine",
            _broker.Address,
            Topics.Interactions,
            _store.Port,
            _folder,
            "links"
        );
        engine.HttpAddress(Within);
        await SetCampaignAsync().ConfigureAwait(false);
        using Process front = Start();
        try
        {
            string address = await AddressAsync(front).ConfigureAwait(false);
            using var http = new HttpClient(
                new SocketsHttpHandler
                {
                    AllowAutoRedirect = false,
                    MaxConnectionsPerServer = 256,
                    UseCookies = false,
                }
            );
            await MeasureAsync(http, address, 500, WarmUpSeconds).ConfigureAwait(false);
            to.WriteLine("| clicks/s | p50 | p99 | longest | without a verdict in time | errors |");
            to.WriteLine("| ---: | ---: | ---: | ---: | ---: | ---: |");
            foreach (int rate in new[] { 500, 2_000 })
            {
                Figures figures = await MeasureAsync(http, address, rate, seconds).ConfigureAwait(false);
                to.WriteLine(Row(figures));
            }
        }
        finally
        {
            front.Kill();
            front.WaitForExit();
        }
    }

    /// <summary>Sends requests at even intervals, each by itself, as visitors do who know nothing of each
    /// other.</summary>
    private async Task<Figures> MeasureAsync(HttpClient http, string address, int rate, int seconds)
    {
        var random = new Random(rate);
        var sent = new List<Task<(double Ms, bool IsError)>>();
        long since = _clock.GetTimestamp(),
            before = Undecided(address, http);
        for (int i = 0; i < rate * seconds; i++)
        {
            double left = (double)i / rate - _clock.GetElapsedTime(since).TotalSeconds;
            if (left > 0.001)
            {
                await Task.Delay(TimeSpan.FromSeconds(left), _clock).ConfigureAwait(false);
            }

            string visitor = random.Next(1_000_000).ToString(CultureInfo.InvariantCulture);
            sent.Add(
                ClickAsync(
                    http,
                    $"{address}/click?campaign=cmp-7&publisher=pub-{i % 50}&visitor=v-{visitor}",
                    $"203.{random.Next(200)}.{random.Next(250)}.{1 + random.Next(250)}"
                )
            );
        }

        (double Ms, bool IsError)[] answered = await Task.WhenAll(sent).ConfigureAwait(false);
        return new Figures(
            rate,
            [.. answered.Select(one => one.Ms).Order()],
            (int)(Undecided(address, http) - before),
            answered.Count(one => one.IsError)
        );
    }

    private async Task<(double Ms, bool IsError)> ClickAsync(HttpClient http, string link, string ip)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, link);
        request.Headers.Add("X-Forwarded-For", ip);
        request.Headers.Add("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
        long since = _clock.GetTimestamp();
        try
        {
            using HttpResponseMessage answer = await http.SendAsync(request).ConfigureAwait(false);
            return (_clock.GetElapsedTime(since).TotalMilliseconds, (int)answer.StatusCode is not (302 or 303));
        }
        catch (HttpRequestException)
        {
            return (_clock.GetElapsedTime(since).TotalMilliseconds, true);
        }
    }

    private static long Undecided(string address, HttpClient http)
    {
        string metrics = http.GetStringAsync(address + "/metrics").GetAwaiter().GetResult();
        Match found = UndecidedLine().Match(metrics);
        return found.Success ? long.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
    }

    private async Task SetCampaignAsync()
    {
        using IProducer<byte[], byte[]> producer = Clicks.Producer(_broker.Address, lingerMs: 0);
        await producer
            .ProduceAsync(
                Topics.Settings,
                new Message<byte[], byte[]>
                {
                    Key = "campaign/cmp-7"u8.ToArray(),
                    Value = Encoding.UTF8.GetBytes($$"""{"target":"{{Target}}"}"""),
                }
            )
            .ConfigureAwait(false);
    }

    private Process Start() =>
        Process.Start(
            new ProcessStartInfo(
                Path.Combine(_plan.Root, "out", "ingest"),
                [
                    "http",
                    "--listen",
                    "127.0.0.1:0",
                    "--kafka",
                    _broker.Address,
                    "--redis",
                    $"127.0.0.1:{_store.Port}",
                    "--behind-proxy",
                    "--under-way",
                    "2000",
                ]
            )
            {
                RedirectStandardOutput = true,
            }
        )!;

    private static async Task<string> AddressAsync(Process front)
    {
        using var patience = new CancellationTokenSource(Within);
        string line = await front.StandardOutput.ReadLineAsync(patience.Token).ConfigureAwait(false)
            ?? throw new InvalidOperationException("ingest http ended");
        return line["POST ".Length..].Split("/v1/")[0];
    }

    private static string Row(Figures figures) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"| {figures.Rate:#,0} | {Quantile(figures, 0.5):0.0} ms | {Quantile(figures, 0.99):0.0} ms | "
                + $"{figures.Ms[^1]:0} ms | {figures.Undecided} of {figures.Ms.Length:#,0} | {figures.Errors} |"
        );

    private static double Quantile(Figures figures, double share) => figures.Ms[(int)(share * (figures.Ms.Length - 1))];

    public void Dispose()
    {
        _store.Dispose();
        _broker.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [GeneratedRegex(@"^ingest_links[a-z_]*\{[^}]*outcome=""undecided""[^}]*\} (\d+)", RegexOptions.Multiline)]
    private static partial Regex UndecidedLine();
}
