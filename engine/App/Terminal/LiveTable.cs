using System.Globalization;
using Engine.App.Hosting;
using Engine.CommandLine;
using Engine.Contracts;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Consume.Lanes;
using Spectre.Console;

namespace Engine.App.Terminal;

/// <summary>Shows what an engine is doing: redrawn in place on a terminal, a line every few seconds
/// elsewhere.</summary>
internal sealed class LiveTable : IDisposable
{
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(5);

    private readonly CommandContext _context;
    private readonly EngineHost _host;
    private readonly bool _draws;
    private long _shownAt,
        _shownVerdicts,
        _rateAt;
    private double _rate;
    private int _lines;

    public LiveTable(CommandContext context, EngineHost host)
    {
        (_context, _host) = (context, host);
        _draws = context.IsTerminal && !Console.IsOutputRedirected;
        _rateAt = context.Time.GetTimestamp();
    }

    public void Show()
    {
        PartitionCounts counts = _host.Counts;
        double seconds = _context.Time.GetElapsedTime(_rateAt).TotalSeconds;
        // Counts arrive in batches. In a log, each line covers the time since the previous line.
        if (_draws ? seconds >= 1 : _shownAt == 0 || _context.Time.GetElapsedTime(_shownAt) >= LineEvery)
        {
            _rate = (counts.Verdicts - _shownVerdicts) / seconds;
            (_shownVerdicts, _rateAt) = (counts.Verdicts, _context.Time.GetTimestamp());
        }
        if (_draws)
        {
            Draw(counts);
        }
        else if (_shownAt == 0 || _context.Time.GetElapsedTime(_shownAt) >= LineEvery)
        {
            _shownAt = _context.Time.GetTimestamp();
            // Zeros would look like a fault: the group's first assignment takes Kafka three seconds.
            _context.Out.WriteLine(
                counts.Verdicts == 0
                    ? "          nothing decided yet: the engine is joining its group, and ingest is starting"
                    : string.Create(
                        CultureInfo.InvariantCulture,
                        $"{_rate,9:#,0} verdicts/s, lag {RunSummary.N(_host.Lanes.Sum(lane => lane.Lag))}, "
                            + $"{RunSummary.ByClass(counts)}"
                    )
            );
        }
    }

    private void Draw(PartitionCounts counts)
    {
        IReadOnlyList<LaneStatus> lanes = _host.Lanes;
        var table = new Table()
            .Border(TableBorder.Rounded)
            .AddColumn("now")
            .AddColumn(new TableColumn("").RightAligned());
        table.AddRow("verdicts/s", _rate.ToString("#,0", CultureInfo.InvariantCulture));
        table.AddRow("lag, records", RunSummary.N(lanes.Sum(lane => lane.Lag)));
        table.AddRow("waiting for paths", RunSummary.N(lanes.Sum(lane => lane.WaitingClicks)));
        table.AddRow(
            "latency p50, p99 ms",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{lanes.Max(lane => lane.LatencyP50):0.0}, {lanes.Max(lane => lane.LatencyP99):0.0}"
            )
        );
        foreach (VerdictClass @class in Enum.GetValues<VerdictClass>())
        {
            table.AddRow($"[bold]{@class.ToString().ToLowerInvariant()}[/]", RunSummary.N(counts.ByClass[(int)@class]));
        }

        foreach (
            ReasonEntry entry in Reasons
                .Table.Where(entry => counts.ByReason[(int)entry.Reason] > 0)
                .OrderByDescending(entry => counts.ByReason[(int)entry.Reason])
                .Take(5)
        )
        {
            table.AddRow("  " + entry.Code, RunSummary.N(counts.ByReason[(int)entry.Reason]));
        }

        var text = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(
            new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text), Ansi = AnsiSupport.Yes }
        );
        console.Write(table);
        string drawn = text.ToString();
        if (_lines > 0)
        {
            Console.Out.Write($"\u001b[{_lines}A\u001b[J");
        }

        Console.Out.Write(drawn);
        _lines = drawn.Count(c => c == '\n');
    }

    public void Dispose()
    {
        if (_draws)
        {
            Draw(_host.Counts);
        }
    }
}
