using System.CommandLine;
using System.Globalization;
using System.Text;
using Engine.Client;
using Engine.CommandLine;
using Engine.Contracts;
using Engine.Workflows;
using Ingest.Sending;
using NodaTime;

namespace Ingest.Calendars;

/// <summary><c>ingest calendar</c>: schedules the meetings of a calendar.</summary>
internal static class CalendarCommand
{
    private const string DefaultRule = "default";

    /// <summary>How far ahead occurrences are taken if <c>--to</c> isn't given.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(366);

    private sealed record Request(
        string File,
        string? Kafka,
        string? Config,
        DateTime From,
        DateTime To,
        string? Zone,
        string[] Rules,
        string? OutFile
    );

    /// <summary>Declares the command.</summary>
    internal static Command Create(CommandContext context)
    {
        var file = new Argument<string>("FILE") { Description = "an iCalendar file (.ics)" };
        Option<string?> kafka = SharedOptions.Kafka(),
            config = SharedOptions.Config();
        Option<DateTime?> from = Date("--from", "the first day of occurrences (default: all that there are)"),
            to = Date("--to", "the day before which occurrences end (default: a year ahead)");
        var zone = new Option<string?>("--zone")
        {
            HelpName = "ZONE",
            Description = "the time zone of times without one: Europe/Berlin (default: such events are skipped)",
        };
        zone.Validators.Add(result =>
        {
            if (
                result.GetValueOrDefault<string?>() is { } name
                && DateTimeZoneProviders.Tzdb.GetZoneOrNull(name) == null
            )
            {
                result.AddError($"--zone {name} isn't a time zone; expected a name such as Europe/Berlin");
            }
        });
        var rules = new Option<string[]>("--rule")
        {
            HelpName = "ID",
            Description = "a meeting-rule that holds for the meetings; may be repeated",
            DefaultValueFactory = _ => [DefaultRule],
        };
        rules.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string[]>()?.FirstOrDefault(rule => !Identifier.IsOne(rule)) is { } bad)
            {
                result.AddError($"--rule '{bad}': expected {Identifier.Words}");
            }
        });
        var output = new Option<string?>("--out")
        {
            HelpName = "FILE",
            Description = "write the events to a file, one per line, and send nothing",
        };
        var command = new Command(
            "calendar",
            "Schedules the meetings of a calendar, recurrences and time zones included. Attendees are invited, with "
                + "their mail address as person and channel."
        )
        {
            file,
            kafka,
            config,
            from,
            to,
            zone,
            rules,
            output,
        };
        command.SetAction(
            (parsed, cancel) =>
                RunAsync(
                    new Request(
                        parsed.GetRequiredValue(file),
                        parsed.GetValue(kafka),
                        parsed.GetValue(config),
                        parsed.GetValue(from) ?? DateTime.MinValue,
                        parsed.GetValue(to) ?? context.Time.GetUtcNow().UtcDateTime + Ahead,
                        parsed.GetValue(zone),
                        parsed.GetValue(rules)!,
                        parsed.GetValue(output)
                    ),
                    context,
                    cancel
                )
        );
        return command;
    }

    private static Option<DateTime?> Date(string name, string description) =>
        new(name)
        {
            HelpName = "YYYY-MM-DD",
            Description = description,
            CustomParser = result =>
            {
                string text = result.Tokens.Single().Value;
                if (
                    DateTime.TryParseExact(
                        text,
                        "yyyy-MM-dd",
                        CultureInfo.InvariantCulture,
                        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                        out DateTime day
                    )
                )
                {
                    return day;
                }

                result.AddError($"{name} {text}: expected a day such as 2026-11-30 (UTC)");
                return null;
            },
        };

    private static async Task<int> RunAsync(Request request, CommandContext context, CancellationToken cancel)
    {
        int skipped = 0;
        IReadOnlyList<Occurrence> occurrences = Read(request, why =>
        {
            skipped++;
            context.Error.WriteLine($"{request.File}: skipped {why}");
        });
        var events = new MeetingEvents(request.Rules, context.Time.GetUtcNow().ToUnixTimeMilliseconds());
        (string Meeting, byte[] Json)[] all = [.. occurrences.Select(events.Of)];
        if (request.OutFile is { } file)
        {
            await File.WriteAllLinesAsync(file, all.Select(one => Encoding.UTF8.GetString(one.Json)), cancel)
                .ConfigureAwait(false);
        }
        else
        {
            await SendAsync(request, all, cancel).ConfigureAwait(false);
        }

        int cancelled = occurrences.Count(one => one.IsCancelled);
        context.Out.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{all.Length - cancelled} meetings scheduled, {cancelled} cancelled, {skipped} events skipped"
            )
        );
        return all.Length == 0 && skipped > 0 ? ExitCodes.Failed : ExitCodes.Done;
    }

    private static IReadOnlyList<Occurrence> Read(Request request, Action<string> skipped)
    {
        try
        {
            var file = new FileInfo(request.File);
            if (file.Length > CalendarReader.MaxBytes)
            {
                throw new CalendarException($"it has {file.Length} bytes; expected at most {CalendarReader.MaxBytes}");
            }

            return CalendarReader.Read(File.ReadAllText(request.File), request.Zone, request.From, request.To, skipped);
        }
        catch (FileNotFoundException)
        {
            throw new CommandException($"{request.File}: there is no such file", ExitCodes.NotThere);
        }
        catch (CalendarException e)
        {
            throw new CommandException($"{request.File}: {e.Message}");
        }
    }

    private static async Task SendAsync(Request request, (string Meeting, byte[] Json)[] all, CancellationToken cancel)
    {
        SendingConfig config = SendingConfig.Find(request.Kafka, request.Config);
        await config.CheckAsync(cancel).ConfigureAwait(false);
        await ReadyTopics.EnsureAsync(config, [Topics.Meetings], cancel).ConfigureAwait(false);
        await using var publisher = new EventPublisher(
            new PublisherOptions
            {
                Kafka = config.Kafka,
                Events = WorkflowEvents.All,
                Extra = config.Settings,
            }
        );
        await Task.WhenAll(all.Select(one => publisher.PublishAsync(one.Json, cancel: cancel))).ConfigureAwait(false);
    }
}
