using System.Globalization;

namespace Integration.Tests.Chaos;

/// <summary>A plan of faults that follows from its seed alone. Each source of faults has one at a time; those of
/// different sources overlap.</summary>
internal sealed class ChaosSchedule
{
    /// <summary>Between the beginnings of two faults, ms.</summary>
    private const int MinGapMs = 1500,
        MaxGapMs = 4000;

    /// <summary>What a source is given to recover before its next fault, ms.</summary>
    private const int RecoveryMs = 2000;

    private readonly record struct Planned(TimeSpan At, int Source, Fault Fault, TimeSpan Lasts, int Draw);

    private readonly ChaosJournal _journal;
    private readonly Planned[] _plan;

    /// <param name="sources">The faults of each source; the very first fault begins the plan, so that even a short one
    /// has it.</param>
    public ChaosSchedule(int seed, TimeSpan length, ChaosJournal journal, params Fault[][] sources)
    {
        _journal = journal;
        _plan = [.. Plan(new Random(seed), length.TotalMilliseconds, sources)];
    }

    /// <summary>The number of planned faults.</summary>
    public int Count => _plan.Length;

    /// <summary>The plan, without the moments at which it is played.</summary>
    public override string ToString() =>
        string.Join(
            ", ",
            _plan.Select(one =>
                string.Create(CultureInfo.InvariantCulture, $"{one.At.TotalSeconds:0.0} {one.Fault.Name}")
                + (one.Lasts > TimeSpan.Zero ? $" for {one.Lasts.TotalSeconds:0.0}" : "")
            )
        );

    /// <summary>Plays the plan, and waits until all of it is over.</summary>
    public async Task PlayAsync(CancellationToken cancel)
    {
        var playing = new Dictionary<int, Task>();
        TimeSpan now = TimeSpan.Zero;
        foreach (Planned next in _plan)
        {
            await Task.Delay(next.At - now, cancel);
            now = next.At;
            playing[next.Source] = StrikeAsync(playing.GetValueOrDefault(next.Source, Task.CompletedTask), next);
        }

        await Task.WhenAll(playing.Values);
    }

    private async Task StrikeAsync(Task before, Planned next)
    {
        await before;
        await next.Fault.StrikeAsync(next.Lasts, next.Draw);
        _journal.Note($"{next.Fault.Name} is over");
    }

    private static IEnumerable<Planned> Plan(Random random, double lengthMs, Fault[][] sources)
    {
        double[] busyUntil = new double[sources.Length];
        bool isFirst = true;
        for (double at = random.Next(MinGapMs, MaxGapMs); at < lengthMs; at += random.Next(MinGapMs, MaxGapMs))
        {
            int[] idle = [.. Enumerable.Range(0, sources.Length).Where(source => busyUntil[source] <= at)];
            if (idle.Length == 0)
            {
                continue;
            }

            int source = isFirst ? 0 : idle[random.Next(idle.Length)];
            Fault fault = sources[source][isFirst ? 0 : random.Next(sources[source].Length)];
            int lasts = random.Next(fault.MinMs, fault.MaxMs + 1);
            isFirst = false;
            busyUntil[source] = at + lasts + RecoveryMs;
            yield return new Planned(
                TimeSpan.FromMilliseconds(at),
                source,
                fault,
                TimeSpan.FromMilliseconds(lasts),
                random.Next()
            );
        }
    }
}
