using System.CommandLine;
using System.CommandLine.Parsing;
using Engine.CommandLine;
using Engine.Web.Hosting;
using Ingest.Confirmation;
using Ingest.Sending;

namespace Ingest.Http;

/// <summary><c>ingest http</c>: accepts events and beacons until it is stopped.</summary>
internal static class HttpCommand
{
    /// <summary>Declares the command.</summary>
    internal static Command Create(CommandContext context)
    {
        Option<string?> kafka = SharedOptions.Kafka(),
            config = SharedOptions.Config();
        var listen = new Option<string>("--listen")
        {
            HelpName = "H:P",
            Description = "the address to listen on; port 0 takes a free one",
            DefaultValueFactory = _ => new HttpServing().Listen,
        };
        var proxy = new Option<bool>("--behind-proxy")
        {
            Description = "beacons: take the client's address from the last entry of X-Forwarded-For",
        };
        var redis = new Option<string?>("--redis")
        {
            HelpName = "H:P",
            Description = "the Redis with the verdicts: serves ads' links (GET /click)",
        };
        var prefix = new Option<string>("--prefix")
        {
            HelpName = "P",
            Description = "the prefix of the keys in that Redis, if its engines have one",
            DefaultValueFactory = _ => "",
        };
        var confirmation = new Option<ConfirmationMode>("--confirmation")
        {
            HelpName = "MODE",
            Description = "how answers on confirmation pages count: Real, or AlwaysHit or AlwaysMiss for tests",
            DefaultValueFactory = _ => ConfirmationMode.Real,
        };
        var demo = new Option<bool>("--demo")
        {
            Description = "show a page with ads, at /demo, and what was decided of clicks on them: on loopback only",
        };
        var tokenFile = new Option<string?>("--token-file")
        {
            HelpName = "FILE",
            Description = "a file with one token that POST /v1/events takes besides those of users",
        };
        var open = new Option<bool>("--open")
        {
            Description = "take events from everyone as long as there has never been a user, also from other machines",
        };
        var underWay = new Option<int>("--under-way")
        {
            HelpName = "N",
            Description = "requests under way, so many with a token and so many without; 503 beyond",
            DefaultValueFactory = _ => new HttpServing().UnderWay,
        };
        var perToken = new Option<int?>("--per-token")
        {
            HelpName = "N",
            Description =
                $"requests a second with one token, 429 beyond; 0 for no limit (default: none on loopback, otherwise "
                + $"{RequestLimits.DefaultPerToken})",
        };
        var perAddress = new Option<int?>("--per-address")
        {
            HelpName = "N",
            Description =
                $"requests a second from one address without a token (default: none on loopback, otherwise "
                + $"{RequestLimits.DefaultPerAddress})",
        };
        underWay.Validators.Add(result => AtLeast(1, result, result.GetValueOrDefault<int>()));
        perToken.Validators.Add(result => AtLeast(0, result, result.GetValueOrDefault<int?>()));
        perAddress.Validators.Add(result => AtLeast(0, result, result.GetValueOrDefault<int?>()));
        var command = new Command(
            "http",
            "Serves POST /v1/events (an event, an array, or one event per line) and the page script /beacon.js."
        )
        {
            listen,
            kafka,
            config,
            redis,
            prefix,
            confirmation,
            demo,
            proxy,
            tokenFile,
            open,
            underWay,
            perToken,
            perAddress,
        };
        command.SetAction(
            (parsed, cancel) =>
                RunAsync(
                    new HttpServing
                    {
                        Listen = parsed.GetValue(listen)!,
                        Kafka = parsed.GetValue(kafka),
                        Config = parsed.GetValue(config),
                        Redis = parsed.GetValue(redis),
                        Prefix = parsed.GetValue(prefix)!,
                        Confirmation = parsed.GetValue(confirmation),
                        Demo = parsed.GetValue(demo),
                        BehindProxy = parsed.GetValue(proxy),
                        TokenFile = parsed.GetValue(tokenFile),
                        Open = parsed.GetValue(open),
                        UnderWay = parsed.GetValue(underWay),
                        PerToken = parsed.GetValue(perToken),
                        PerAddress = parsed.GetValue(perAddress),
                    },
                    context,
                    cancel
                )
        );
        return command;
    }

    private static void AtLeast(int least, OptionResult result, int? number)
    {
        if (number < least)
        {
            result.AddError($"{result.Option.Name} is {number}; expected {least} or more.");
        }
    }

    /// <summary>Serves until cancelled.</summary>
    private static async Task<int> RunAsync(HttpServing options, CommandContext context, CancellationToken cancel)
    {
        await using HttpServer server = await HttpServer.StartAsync(options, context, cancel).ConfigureAwait(false);
        context.Out.WriteLine(
            $"POST {server.Address}/v1/events takes events; the page script is {server.Address}/beacon.js; stop "
                + $"with Ctrl-C"
        );
        if (options.Demo)
        {
            context.Out.WriteLine($"a page to try it out: {server.Address}/demo");
        }

        try
        {
            await server.HasTopics.WaitAsync(cancel).ConfigureAwait(false);
            await Task.Delay(Timeout.InfiniteTimeSpan, context.Time, cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Cancellation is the normal end.
        }
        return ExitCodes.Done;
    }
}
