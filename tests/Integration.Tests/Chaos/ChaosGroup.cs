using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests.Chaos;

/// <summary>The engines of one group. Who dies or ends by itself is replaced at once, as an orchestrator does it; some
/// join and some leave.</summary>
/// <param name="launch">Starts an engine without waiting for it.</param>
internal sealed class ChaosGroup(Func<EngineRun> launch, int size, ChaosJournal journal) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<EngineRun> _engines = [],
        _gone = [];
    private readonly CancellationTokenSource _ending = new();
    private EngineRun? _frozen;
    private Task _supervision = Task.CompletedTask;

    public Takeovers Takeovers { get; } = new();

    /// <summary>What ends engines.</summary>
    public Fault[] Deaths =>
        [
            new("engine killed", draw => EndAsync(draw, LiveProcess.Kill, isReplaced: true)),
            new("engine stopped", draw => EndAsync(draw, LiveProcess.Term, isReplaced: true)),
            new("engine joins or leaves", JoinOrLeaveAsync),
        ];

    /// <summary>What stops engines beyond the session timeout of 6 s, so that others take over, and lets them go
    /// on.</summary>
    public Fault[] Freezes => [new("engine frozen", 7000, 11_000, FreezeAsync)];

    public async Task StartAsync()
    {
        for (int i = 0; i < size; i++)
        {
            Add();
            await _engines[^1].IsUpAsync();
        }

        _supervision = SuperviseAsync();
    }

    /// <summary>Stops all engines. Each must end, and none may have ended of an exception.</summary>
    public async Task StopAsync()
    {
        await _ending.CancelAsync();
        await _supervision;
        foreach (EngineRun engine in _engines)
        {
            // One that is still starting says that it was cancelled.
            bool isUp = engine.Process.Error.Contains("HTTP http://", StringComparison.Ordinal);
            CommandRun end = await engine.StopAsync();
            Assert.True(end.ExitCode == 0 || !isUp, end.ToString());
        }

        foreach (EngineRun engine in _gone)
        {
            CommandRun end = await engine.EndAsync();
            Assert.DoesNotContain("Unhandled exception", end.Error);
        }
    }

    /// <summary>The last lines of each engine, for whoever has to find out what happened.</summary>
    public string Tell() =>
        string.Join(
            '\n',
            _engines.Concat(_gone).Select(engine => $"--- engine {engine.Process.Id}\n{engine.Process.Error}")
        );

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _supervision;
        foreach (EngineRun engine in _engines.Concat(_gone))
        {
            await engine.DisposeAsync();
        }

        _ending.Dispose();
    }

    private void Add()
    {
        EngineRun engine = launch();
        Takeovers.Watch(engine);
        _engines.Add(engine);
    }

    private Task EndAsync(int draw, int signal, bool isReplaced)
    {
        lock (_gate)
        {
            EngineRun[] awake = [.. _engines.Where(engine => engine != _frozen)];
            EngineRun engine = awake[draw % awake.Length];
            journal.Note($"signal {signal} to engine {engine.Process.Id}{(isReplaced ? "" : ", which leaves")}");
            Takeovers.Begin(engine);
            engine.Process.Signal(signal);
            _engines.Remove(engine);
            _gone.Add(engine);
            if (isReplaced)
            {
                Add();
            }
        }

        return Task.CompletedTask;
    }

    private Task JoinOrLeaveAsync(int draw)
    {
        lock (_gate)
        {
            if (_engines.Count <= size)
            {
                journal.Note("an engine joins");
                Add();
                return Task.CompletedTask;
            }
        }

        return EndAsync(draw, LiveProcess.Term, isReplaced: false);
    }

    private async Task FreezeAsync(TimeSpan lasts, int draw)
    {
        EngineRun engine;
        lock (_gate)
        {
            engine = _frozen = _engines[draw % _engines.Count];
            journal.Note($"engine {engine.Process.Id} frozen");
            Takeovers.Begin(engine);
            engine.Process.Signal(LiveProcess.Stop);
        }

        await Task.Delay(lasts);
        lock (_gate)
        {
            engine.Process.Signal(LiveProcess.Continue);
            _frozen = null;
        }
    }

    /// <summary>An engine may end by itself, such as one that starts while Redis is away.</summary>
    private async Task SuperviseAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            await Task.Delay(500, _ending.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            lock (_gate)
            {
                foreach (EngineRun engine in _engines.Where(engine => engine.Process.HasExited).ToArray())
                {
                    string last = engine.Process.Error.TrimEnd().Split('\n')[^1];
                    journal.Note($"engine {engine.Process.Id} ended by itself ({engine.Process.ExitCode}): {last}");
                    Takeovers.Begin(engine);
                    _engines.Remove(engine);
                    _gone.Add(engine);
                    Add();
                }
            }
        }
    }
}
