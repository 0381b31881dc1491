using Engine.Contracts;
using Integration.Tests.Rig;
using Tests.Support;

namespace Integration.Tests.Chaos;

/// <summary>The engines of a group, of which something goes wrong every few seconds, as a seed says.</summary>
internal sealed class ChaosGroup(Lab lab, int size, Random random) : IAsyncDisposable
{
    private readonly List<EngineRun> _engines = [];
    private readonly List<EngineRun> _gone = [];
    private EngineRun? _frozen;
    private long _frozenUntil;
    private int _number;

    /// <summary>What has gone wrong so far.</summary>
    public List<string> Faults { get; } = [];

    public async Task StartAsync()
    {
        while (_engines.Count < size)
        {
            _engines.Add(await lab.StartAsync());
        }
    }

    /// <summary>Waits some seconds, lets something go wrong, and brings the group back to its size.</summary>
    public async Task DisturbAsync()
    {
        await Task.Delay(random.Next(1500, 4000));
        if (_frozen != null && Environment.TickCount64 > _frozenUntil)
        {
            Wake();
        }

        // The first is a kill, so that even a short run has one.
        switch (_number++ == 0 ? 0 : random.Next(6))
        {
            case 0:
                End("kill", LiveProcess.Kill);
                break;
            case 1:
                End("stop", LiveProcess.Term);
                break;
            case 2 or 3 when _frozen == null:
                Freeze();
                break;
            case 4 when lab.Redis is LiveRedisServer redis:
                Faults.Add("Redis killed");
                await redis.Process.KillAsync();
                await Task.Delay(random.Next(300, 1500));
                await redis.StartAgainAsync();
                break;
            default:
                Faults.Add("setting changed");
                await lab.Log.SendAsync(
                    new LiveRecord(
                        Topics.Settings,
                        "rule/chaos",
                        $$$"""{"when":"click.x > {{{random.Next(200, 900)}}}","then":{"class":"suspect"}}""",
                        LiveEvents.Now
                    )
                );
                break;
        }

        // Joins without being waited for, as an orchestrator would start it.
        while (_engines.Count < size)
        {
            _engines.Add(EngineRun.Launch(lab.Brokers, lab.Redis.Address, lab.Config));
        }
    }

    /// <summary>Ends what goes on.</summary>
    public async Task CalmAsync()
    {
        if (_frozen != null)
        {
            Wake();
        }

        await Task.Delay(1000);
    }

    public async Task StopAsync()
    {
        foreach (EngineRun engine in _engines)
        {
            await engine.StopAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _frozen?.Process.Signal(LiveProcess.Continue);
        foreach (EngineRun engine in _engines.Concat(_gone))
        {
            await engine.DisposeAsync();
        }
    }

    private void End(string how, int signal)
    {
        EngineRun[] awake = [.. _engines.Where(engine => engine != _frozen)];
        EngineRun engine = awake[random.Next(awake.Length)];
        Faults.Add($"{how} {engine.Process.Id}");
        engine.Process.Signal(signal);
        _engines.Remove(engine);
        _gone.Add(engine);
    }

    /// <summary>Longer than the session timeout of 6 s, so that the others take its partitions over.</summary>
    private void Freeze()
    {
        _frozen = _engines[random.Next(_engines.Count)];
        Faults.Add($"freeze {_frozen.Process.Id}");
        _frozenUntil = Environment.TickCount64 + random.Next(7000, 11_000);
        _frozen.Process.Signal(LiveProcess.Stop);
    }

    private void Wake()
    {
        Faults.Add($"wake {_frozen!.Process.Id}");
        _frozen.Process.Signal(LiveProcess.Continue);
        _frozen = null;
    }
}
