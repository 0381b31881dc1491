using System.Security.Cryptography;
using Engine.Contracts;
using Engine.Pipeline.Consume.Backtest;
using Engine.Pipeline.Settings;
using Engine.Web;
using Engine.WebConsole.Rules;
using StackExchange.Redis;

namespace Engine.WebConsole.Backtests;

/// <summary>Runs back-tests, one at a time in an engine. The results of the latest are kept in Redis, so that every
/// engine of the group shows them. Thread-safe.</summary>
/// <param name="stopping">Cancelled when the engine stops; a back-test under way ends with it.</param>
internal sealed class BacktestDesk(
    IBacktests backtests,
    SettingsTimeline timeline,
    IDatabase redis,
    RedisKeys keys,
    TimeProvider clock,
    CancellationToken stopping
)
{
    /// <summary>The number of back-tests whose results are kept.</summary>
    public const int Kept = 50;

    /// <summary>As long as <c>interactions</c> are kept by default: no longer do their clicks have pages.</summary>
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(7);

    private readonly Lock _lock = new();
    private BacktestJob? _running;
    private CancellationTokenSource? _cancel;

    /// <summary>The back-test under way in this engine; null for none.</summary>
    public BacktestJob? Running
    {
        get
        {
            lock (_lock)
            {
                return _running;
            }
        }
    }

    /// <summary>Starts a back-test, and returns its id.</summary>
    /// <param name="rule">The rule's id; empty to compare what is in force with itself.</param>
    /// <param name="value">The rule as JSON; null to try without it.</param>
    /// <exception cref="RefusedException">Another one is under way.</exception>
    public string Start(string rule, string? value, string by)
    {
        string id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));
        lock (_lock)
        {
            if (_running is { } other)
            {
                throw new RefusedException(
                    StatusCodes.Status409Conflict,
                    $"This engine is busy with a back-test of {other.Words}, which {other.By} started. Wait for it, or "
                        + "cancel it."
                );
            }

            var job = new BacktestJob(
                id,
                rule,
                value,
                by,
                clock.GetUtcNow().ToUnixTimeMilliseconds(),
                timeline.Latest.Version
            );
            var cancel = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            (_running, _cancel) = (job, cancel);
            new Thread(() => Run(job, cancel)) { IsBackground = true, Name = "backtest" }.Start();
        }

        return id;
    }

    /// <summary>Cancels a back-test under way in this engine. Does nothing to one that is over.</summary>
    public void Cancel(string id)
    {
        lock (_lock)
        {
            if (_running?.Id == id)
            {
                _cancel!.Cancel();
            }
        }
    }

    /// <summary>A back-test under way here, or one whose result is kept; null for none.</summary>
    public async Task<BacktestJob?> FindAsync(string id)
    {
        if (Running is { } running && running.Id == id)
        {
            return running;
        }

        return (string?)await redis.StringGetAsync(keys.Backtest(id)).ConfigureAwait(false) is { } json
            ? BacktestJob.FromJson(json)
            : null;
    }

    /// <summary>The back-tests whose results are kept, the latest first.</summary>
    public async Task<IReadOnlyList<BacktestJob>> LatestAsync()
    {
        RedisValue[] ids = await redis.ListRangeAsync(keys.Backtests, 0, Kept - 1).ConfigureAwait(false);
        BacktestJob?[] jobs = await Task.WhenAll(ids.Select(id => FindAsync(id.ToString()))).ConfigureAwait(false);
        return [.. jobs.OfType<BacktestJob>()];
    }

    private void Run(BacktestJob job, CancellationTokenSource cancel)
    {
        BacktestJob over = Decide(job, cancel.Token);
        try
        {
            Keep(over);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            // Redis is away: who looks for the result doesn't find it, and starts it again.
        }

        lock (_lock)
        {
            (_running, _cancel) = (null, null);
        }

        cancel.Dispose();
    }

    private BacktestJob Decide(BacktestJob job, CancellationToken cancel)
    {
        try
        {
            Dictionary<string, string?> draft = [];
            if (job.Rule.Length > 0)
            {
                draft[RuleDraft.KeyOf(job.Rule)] = job.Value;
            }

            BacktestReport report = backtests.Run(draft, Progress, cancel);
            return job with
            {
                State = BacktestState.Done,
                Decided = report.Clicks,
                Of = report.Clicks,
                Report = report.ToJson(),
            };
        }
        catch (OperationCanceledException)
        {
            return job with { State = BacktestState.Cancelled };
        }
        catch (BacktestFailedException e)
        {
            return job with { State = BacktestState.Failed, Problem = e.Message };
        }
    }

    private void Progress(long decided, long of)
    {
        lock (_lock)
        {
            _running = _running! with { Decided = decided, Of = of };
        }
    }

    private void Keep(BacktestJob job)
    {
        redis.StringSet(keys.Backtest(job.Id), job.ToJson(), KeptFor);
        redis.ListLeftPush(keys.Backtests, job.Id);
        foreach (RedisValue old in redis.ListRange(keys.Backtests, Kept))
        {
            redis.KeyDelete(keys.Backtest(old.ToString()));
        }

        redis.ListTrim(keys.Backtests, 0, Kept - 1);
        redis.KeyExpire(keys.Backtests, KeptFor);
    }
}
