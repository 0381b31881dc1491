using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text;

namespace Bench.Micro;

/// <summary>Sends content requests to a running engine at a steady rate. Each is sent when it is due, whether or not
/// earlier ones have completed, and its latency counts from that time, so stalls are included.</summary>
internal static partial class HttpProfile
{
    private const int WarmUpSeconds = 5,
        Senders = 16;

    /// <param name="address"><c>http://127.0.0.1:8080</c></param>
    /// <param name="rate">The number of requests per second.</param>
    public static void Run(string address, int rate, int seconds)
    {
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = Senders };
        using var http = new HttpClient(handler) { BaseAddress = new Uri(address) };
        string run = Guid.NewGuid().ToString("N")[..8];
        int warm = rate * WarmUpSeconds,
            total = warm + rate * seconds,
            next = -1;
        var latencies = new double[total];
        var problems = new ConcurrentDictionary<string, int>();
        long begin = Stopwatch.GetTimestamp() + Stopwatch.Frequency / 10;
        Thread[] senders =
        [
            .. Enumerable
                .Range(0, Senders)
                .Select(_ => new Thread(() =>
                {
                    while (Interlocked.Increment(ref next) is var i && i < total)
                    {
                        long due = begin + (long)(i * (double)Stopwatch.Frequency / rate);
                        SleepUntil(due);
                        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/content-requests")
                        {
                            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Body(run, i))),
                        };
                        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                        try
                        {
                            using HttpResponseMessage answer = http.Send(request);
                            using Stream body = answer.Content.ReadAsStream();
                            body.CopyTo(Stream.Null);
                            if (!answer.IsSuccessStatusCode)
                            {
                                problems.AddOrUpdate($"status {(int)answer.StatusCode}", 1, (_, n) => n + 1);
                            }
                        }
                        catch (HttpRequestException e)
                        {
                            problems.AddOrUpdate(e.Message, 1, (_, n) => n + 1);
                        }
                        latencies[i] = Stopwatch.GetElapsedTime(due).TotalMilliseconds;
                    }
                })),
        ];
        foreach (Thread sender in senders)
        {
            sender.Start();
        }

        foreach (Thread sender in senders)
        {
            sender.Join();
        }

        double[] sorted = [.. latencies[warm..].Order()];
        double At(double share) => sorted[(int)(share * (sorted.Length - 1))];
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{sorted.Length:N0} requests at {rate:N0}/s: p50 {At(0.5):0.000} ms, p90 {At(0.9):0.000}, p99 "
                    + $"{At(0.99):0.000}, p99.9 {At(0.999):0.000}, max {sorted[^1]:0.0}"
            )
        );
        foreach ((string problem, int count) in problems)
        {
            Console.WriteLine($"{count} x {problem}");
        }
    }

    /// <summary>Sleeps until a monotonic time, to about 60 us. If sixteen senders were spinning through the last
    /// millisecond, they would take the cores from the engine being measured.</summary>
    private static void SleepUntil(long due)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException(
                "the http profile needs Linux: only its clock sleeps precisely enough"
            );
        }
        // On Linux the stopwatch counts nanoseconds of the monotonic clock.
        (long seconds, long nanoseconds) = Math.DivRem(due, Stopwatch.Frequency);
        var until = new Timespec(seconds, nanoseconds);
        while (ClockNanosleep(MonotonicClock, AbsoluteTime, in until, 0) == Interrupted) { }
    }

    private const int MonotonicClock = 1,
        AbsoluteTime = 1,
        Interrupted = 4;

    private readonly record struct Timespec(long Seconds, long Nanoseconds);

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    private static partial int ClockNanosleep(int clock, int flags, in Timespec until, nint remaining);

    private static string Body(string run, int i) =>
        $$"""{"type":"content-request","id":"bench-{{run}}-{{i}}","time":{{TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()}},"sponsor":"sp-1","resource":"https://news.example/a","unit":"news/front/top","sizes":[[{{(i % 5 == 0 ? 320 : 300)}},250]],"parameters":{"color":"blue"} }""";
}
