using System.CommandLine;
using System.Globalization;
using Engine.CommandLine;
using Engine.Conditions;
using Engine.Pipeline.Settings;
using Engine.Workflows.Messages;
using Engine.Workflows.Messages.Events;
using Engine.Workflows.Messages.Settings;

namespace Engine.App.Cli;

/// <summary><c>engine message</c>: tries message rules on a text or on events.</summary>
internal static class MessageCommand
{
    private sealed record Request(string Rules, string Sender, string? Group, bool IsHtml, bool AreEvents);

    public static Command Create(CommandContext context)
    {
        var rules = new Option<string>("--rules")
        {
            HelpName = "FILE",
            Description = "YAML with records message-rule/<scope>/<id>",
            Required = true,
        };
        var sender = new Option<string>("--sender")
        {
            HelpName = "P",
            Description = "who has written the text",
            DefaultValueFactory = _ => "p-1",
        };
        var group = new Option<string?>("--group") { HelpName = "G", Description = "the conversation's group" };
        var html = new Option<bool>("--html") { Description = "take the text for HTML" };
        var events = new Option<bool>("--events")
        {
            Description = "standard input has events of type message in JSON, one per line, in place of a text",
        };
        var command = new Command(
            "message",
            "Tries message rules: reads a text from standard input, and prints what would be done with it as JSON."
        )
        {
            rules,
            sender,
            group,
            html,
            events,
        };
        command.SetAction(
            (parsed, _) =>
                RunAsync(
                    new Request(
                        parsed.GetRequiredValue(rules),
                        parsed.GetRequiredValue(sender),
                        parsed.GetValue(group),
                        parsed.GetValue(html),
                        parsed.GetValue(events)
                    ),
                    context
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(Request request, CommandContext context)
    {
        var tester = new MessageTester(RulesIn(request.Rules));
        using var input = new StreamReader(Console.OpenStandardInput());
        if (!request.AreEvents)
        {
            string text = await input.ReadToEndAsync().ConfigureAwait(false);
            context.Out.WriteLine(tester.Handle(MessageOf(request, text.TrimEnd('\r', '\n'), context)));
            return ExitCodes.Done;
        }

        int number = 0;
        while (await input.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            number++;
            if (line.Length > 0)
            {
                context.Out.WriteLine(tester.Handle(EventIn(line, number)));
            }
        }

        return ExitCodes.Done;
    }

    private static Message EventIn(string line, int number)
    {
        try
        {
            return MessageTester.Read(line);
        }
        catch (FormatException wrong)
        {
            throw new CommandException(
                string.Create(CultureInfo.InvariantCulture, $"line {number}: {wrong.Message}"),
                ExitCodes.WrongUse
            );
        }
    }

    private static Message MessageOf(Request request, string text, CommandContext context) =>
        new(
            "m-1",
            "c-1",
            context.Time.GetUtcNow().ToUnixTimeMilliseconds(),
            request.Sender,
            [],
            request.Group,
            text,
            request.IsHtml,
            null,
            false,
            new Dictionary<string, CelValue>()
        );

    private static IReadOnlyList<MessageRule> RulesIn(string file)
    {
        if (!File.Exists(file))
        {
            throw new CommandException($"{file}: there is no such file", ExitCodes.NotThere);
        }

        try
        {
            return SettingsDraft.Read<MessageRule>(File.ReadAllText(file), new MessageRuleKind());
        }
        catch (FormatException wrong)
        {
            throw new CommandException($"{file}: {wrong.Message}", ExitCodes.WrongUse);
        }
    }
}
