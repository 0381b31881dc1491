using Engine.App.Configuration;
using Engine.App.Hosting;
using Engine.App.Running;
using Engine.App.Terminal;
using Engine.CommandLine;
using Engine.Web.Hosting;

namespace Engine.App.Cli;

/// <summary><c>engine run</c>: scores until it is stopped, or until it is idle.</summary>
internal static class RunCommand
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100),
        TellEvery = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(RunRequest request, CommandContext context, CancellationToken cancel)
    {
        ConfigFile file = ConfigFile.Find(request.Config) with { WithSamples = request.Samples };
        using ILoggerFactory logs = Telemetry.Logs(context);
        using var running = await RunningProcess.StartAsync(request, file, context, logs, cancel).ConfigureAwait(false);
        context.Error.WriteLine(
            $"engine: scoring group {running.Address.Group}, Kafka {running.Address.Kafka.Brokers}, Redis "
                + $"{running.Address.Redis.Hosts}, HTTP http://{running.Http.Address}"
        );
        if (running.Http.Open is not OpenTo.Nobody and var open)
        {
            context.Error.WriteLine(
                $"engine: HTTP is open to everyone "
                    + (open == OpenTo.ThisMachine ? "on this machine" : "who reaches it")
                    + " until the first user is added ('engine user add')"
            );
        }

        if (request.Samples)
        {
            context.Error.WriteLine(
                "engine: --samples activates sponsors whose tokens are public: use it for a first look, not on an "
                    + "open network"
            );
        }

        bool ended = false;
        long toldAt = context.Time.GetTimestamp();
        try
        {
            while (running.Host.Failure == null)
            {
                if (request.UntilIdle is { } idle)
                {
                    string? waits = running.Host.WaitsFor(idle);
                    ended = waits == null;
                    if (ended)
                    {
                        break;
                    }

                    if (context.Time.GetElapsedTime(toldAt) >= TellEvery)
                    {
                        context.Error.WriteLine($"engine: not idle yet: {waits}");
                        toldAt = context.Time.GetTimestamp();
                    }
                }
                await Task.Delay(LookEvery, context.Time, cancel).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Asked to stop: results that are already decided are written first.
        }
        running.Host.Stop();
        if (running.Host.Failure is { } failure)
        {
            throw new CommandException(failure.Message);
        }

        context.Out.WriteLine(RunSummary.Of(running.Host, ended ? "nothing left to do" : "stopped"));
        return ExitCodes.Done;
    }
}
