using System.Diagnostics;
using Engine.CommandLine;
using Ingest.Tail;
using Ingest.Tail.Formats;

namespace Bench.EndToEnd;

/// <summary>Measures <c>ingest tail</c>: finding the fields of lines, making clicks of them, and all of it into a
/// broker.</summary>
internal sealed class LogTailing(Plan plan)
{
    private const int Lines = 20_000,
        Slices = 100;

    public async Task RunAsync(TextWriter to)
    {
        to.WriteLine(
            "| format | bytes/line | fields found, MB/s, best | median | clicks made, MB/s, best | median | lines/s, "
                + "best | bytes allocated/line |"
        );
        to.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (string format in LogLines.Names)
        {
            Parse(format, to);
        }

        string folder = Directory.CreateTempSubdirectory("engine-bench-").FullName;
        using (var broker = new Broker(plan.KafkaTool, folder))
        {
            to.WriteLine();
            to.WriteLine("| into Kafka | lines/s | CPU µs/line | broker's | bytes allocated/line |");
            to.WriteLine("| --- | ---: | ---: | ---: | ---: |");
            string[] formats = ["combined", "combined", "nginx-json", "traefik", "cloudfront", "combined"];
            for (int i = 0; i < formats.Length; i++)
            {
                // The first run finds the broker and this process cold, so it doesn't count.
                await SendAsync(broker, folder, formats[i], i == 0 ? TextWriter.Null : to).ConfigureAwait(false);
            }
        }

        Directory.Delete(folder, recursive: true);
    }

    private static void Parse(string format, TextWriter to)
    {
        using var log = new MemoryStream();
        LogLines.Write(log, format, Lines);
        byte[] bytes = log.ToArray();
        LogFormat reader = LogFormats.Create(format);
        using var clicks = new ClickMapping("/click", behindProxy: false);
        double[] finding = Measure(bytes, reader, null),
            all = Measure(bytes, reader, clicks);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Pass(bytes, reader, clicks);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        double size = bytes.Length / 1e6;
        to.WriteLine(
            $"| {format.Split('=')[0]} | {bytes.Length / Lines} | {size / finding[0]:N0} | "
                + $"{size / finding[Slices / 2]:N0} | {size / all[0]:N0} | {size / all[Slices / 2]:N0} | "
                + $"{Lines / all[0]:N0} | {(double)allocated / Lines:N1} |"
        );
    }

    /// <summary>Measures passes over the lines, in seconds, sorted.</summary>
    private static double[] Measure(byte[] bytes, LogFormat format, ClickMapping? clicks)
    {
        double[] seconds = new double[Slices];
        Pass(bytes, format, clicks);
        for (int i = 0; i < Slices; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            Pass(bytes, format, clicks);
            seconds[i] = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        }
        Array.Sort(seconds);
        return seconds;
    }

    private static void Pass(ReadOnlySpan<byte> bytes, LogFormat format, ClickMapping? clicks)
    {
        int read = 0;
        long offset = 0;
        while (bytes.IndexOf((byte)'\n') is >= 0 and var end)
        {
            ReadOnlySpan<byte> line = bytes[..end];
            var request = new LoggedRequest();
            if (format.Read(line, ref request) && (clicks == null || clicks.IsClick(request, format.Escapes)))
            {
                clicks?.Write(request, format.Escapes, line, offset);
                read++;
            }

            bytes = bytes[(end + 1)..];
            offset += end + 1;
        }

        if (read != Lines)
        {
            throw new InvalidOperationException($"{read} of {Lines} lines of {format.Name} were read");
        }
    }

    private async Task SendAsync(Broker broker, string folder, string format, TextWriter to)
    {
        string log = Path.Combine(folder, "access.log");
        using (FileStream file = File.Create(log))
        {
            LogLines.Write(file, format, plan.Clicks);
        }

        File.Delete(log + TailPlace.FileSuffix);
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        double cpu = Processes.CpuUs(Environment.ProcessId),
            brokerCpu = Processes.CpuUs(broker.ProcessId);
        long begin = Stopwatch.GetTimestamp();
        var said = new StringWriter();
        int exit = await TailCommand
            .RunAsync(
                new TailRequest { Files = [log], Kafka = broker.Address },
                new CommandContext(said, said, TimeProvider.System, false),
                CancellationToken.None
            )
            .ConfigureAwait(false);
        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        if (exit != ExitCodes.Done || !said.ToString().Contains($"{plan.Clicks:N0}", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"not every line was sent: {said}");
        }

        to.WriteLine(
            $"| {format} | {plan.Clicks / seconds:N0} | "
                + $"{(Processes.CpuUs(Environment.ProcessId) - cpu) / plan.Clicks:N2} | "
                + $"{(Processes.CpuUs(broker.ProcessId) - brokerCpu) / plan.Clicks:N2} | "
                + $"{(GC.GetTotalAllocatedBytes(precise: true) - allocated) / plan.Clicks:N0} |"
        );
    }
}
