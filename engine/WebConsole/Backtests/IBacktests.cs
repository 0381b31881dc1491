using Engine.Pipeline.Consume.Backtest;

namespace Engine.WebConsole.Backtests;

/// <summary>Decides the recorded log with a draft of settings.</summary>
public interface IBacktests
{
    /// <summary>Compares the settings in force with a draft, and blocks until it is done.</summary>
    /// <param name="draft">Settings that hold in place of those with the same keys, from the log's beginning; null
    /// removes one. Empty: what is in force is compared with itself.</param>
    /// <param name="progress">Called now and then with the number of records decided, and of all.</param>
    /// <exception cref="BacktestFailedException">It can't be done.</exception>
    BacktestReport Run(
        IReadOnlyDictionary<string, string?> draft,
        Action<long, long> progress,
        CancellationToken cancel
    );
}

/// <summary>A back-test can't be done, for a reason that people may know.</summary>
/// <param name="why">The reason, in a sentence.</param>
public sealed class BacktestFailedException(string why) : Exception(why);
