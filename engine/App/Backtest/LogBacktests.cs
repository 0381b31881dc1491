using Confluent.Kafka;
using Engine.App.Hosting;
using Engine.App.Quality;
using Engine.CommandLine;
using Engine.Configuration.Connections;
using Engine.Pipeline.Consume.Backtest;
using Engine.Pipeline.Consume.Lanes;
using Engine.WebConsole.Backtests;

namespace Engine.App.Backtest;

/// <summary>What <c>engine backtest</c> tells, for the console of a running engine.</summary>
internal sealed class LogBacktests(EngineContext context, RecordedSettings settings) : IBacktests
{
    public BacktestReport Run(
        IReadOnlyDictionary<string, string?> draft,
        Action<long, long> progress,
        CancellationToken cancel
    )
    {
        try
        {
            return new LogBacktest
            {
                Kafka = context.Consume.Kafka,
                Keys = context.Keys,
                Hash = context.Hash,
                Limits = context.Limits,
                Labels = LabelBook.Read(context.Consume.Kafka, context.Clock).ToLookup(),
                Clock = context.Clock,
            }.Run(settings.Timeline(), settings.Timeline(draft: draft), progress, cancel);
        }
        catch (CommandException why)
        {
            throw new BacktestFailedException(why.Message);
        }
        catch (Exception e) when (e is ConnectionException or KafkaException or TimeoutException)
        {
            throw new BacktestFailedException("Kafka doesn't answer, or doesn't deliver the log.");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A back-test runs on a thread of its own: what it throws must not end the engine.
            context.Log.BacktestFailed(e);
            throw new BacktestFailedException("It failed, and the engine's log says in what.");
        }
    }
}
