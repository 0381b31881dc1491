using System.Diagnostics;
using System.Globalization;
using System.Text;
using Engine.Contracts.Settings;
using Engine.Pipeline.Settings;
using Engine.Primitives;
using Engine.Workflows.ContentRequests;
using Engine.Workflows.ContentRequests.Decision;
using Engine.Workflows.Module;
using Engine.Workflows.Runtime;

namespace Bench.Micro;

/// <summary>Measures decisions on content requests per second of CPU time, on one thread from JSON in memory, like the
/// workflows' lane (decoding, duplicates, spam, validity, nearest definition, counting, writing the answer). Results
/// are discarded.</summary>
internal static class ContentProfile
{
    private const int Rounds = 5,
        Units = 400;
    private const long Start = 1_795_338_000_000;

    public static void Run(int requests)
    {
        foreach ((string name, int invalid) in new[] { ("valid", 0), ("1 in 5 invalid", 5), ("all invalid", 1) })
        {
            byte[][] log =
            [
                .. Enumerable
                    .Range(0, requests)
                    .Select(i => Encoding.UTF8.GetBytes(Request(i, invalid > 0 && i % invalid == 0))),
            ];
            byte[] key = "sp-1"u8.ToArray();
            double best = 0;
            long bytes = 0;
            for (int round = 0; round < Rounds; round++)
            {
                PartitionRun run = Open();
                var results = new NullResults();
                long allocated = GC.GetAllocatedBytesForCurrentThread();
                TimeSpan begin = Cpu();
                for (int i = 0; i < log.Length; i++)
                {
                    if (
                        run.Take(new WorkflowRecord(i, Start + i / 200, key, log[i], _ => null), results) is { } refusal
                    )
                    {
                        throw new InvalidOperationException(refusal.Detail);
                    }
                }

                best = Math.Max(best, log.Length / (Cpu() - begin).TotalSeconds);
                bytes = (GC.GetAllocatedBytesForCurrentThread() - allocated) / log.Length;
                if (results.Answers != log.Length)
                {
                    throw new InvalidOperationException($"{results.Answers} answers to {log.Length} requests");
                }
            }
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name}: {best:N0} decisions/s of CPU time, {1e6 / best:0.00} us and {bytes} bytes allocated "
                        + $"each, best of {Rounds} rounds of {requests:N0}"
                )
            );
        }
    }

    private static PartitionRun Open()
    {
        var workflow = new HostedWorkflow(new ContentRequestsWorkflow(), new ContentRequestDecider());
        var book = new SettingsBuilder(new SettingFiles(), workflow.Module.SettingKinds);
        book.Apply("sponsor/sp-1", """{"resources":["https://news.example/"]}""");
        book.Apply("content/limits", """{"network_requests":1000000000}""");
        for (int i = 0; i < Units; i++)
        {
            book.Apply(
                $"definition/sp-1/d-{i}",
                $$"""{"unit":"news/s-{{i % 20}}/u-{{i}}","sizes":[[300,250],[728,90],[{{i}},50]],"parameters":{"color":["blue","red"]},"item":"it-{{i}}"}"""
            );
        }

        var hash = new KeyedHash(1, 2);
        return new PartitionRun(
            workflow,
            0,
            new SettingsTimeline(book.Build("s-base", hash), Activation.Delay),
            new CompiledSettings(),
            hash,
            0,
            0
        );
    }

    /// <summary>Creates a request of about 300 bytes, as pages send them. Invalid ones have 600 types, half of them for
    /// units that don't exist.</summary>
    private static string Request(int i, bool invalid)
    {
        int unit = i * 7919 % Units;
        string path = invalid && i % 2 == 0 ? $"news/s-{unit % 20}/x-{unit % 300}" : $"news/s-{unit % 20}/u-{unit}",
            sizes = invalid ? $"[[{320 + i % 2},51]]" : "[[300,250],[320,50]]";
        return $$"""{"type":"content-request","id":"r-{{i}}","time":{{Start + i / 200}},"sponsor":"sp-1","resource":"https://news.example/{{path}}.html?page={{i % 9}}","ip":"203.{{i % 200}}.{{i / 200 % 250}}.9","ua":"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0","unit":"{{path}}","sizes":{{sizes}},"parameters":{"color":"blue"} }""";
    }

    private static TimeSpan Cpu() => Process.GetCurrentProcess().TotalProcessorTime;
}
