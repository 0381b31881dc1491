using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Confluent.Kafka;
using Engine.App.Configuration;
using Engine.CommandLine;
using Engine.Contracts;
using Engine.Partitions.Kafka;
using Engine.WebConsole.DeadLetters;
using Engine.WebConsole.Log;

namespace Engine.App.Cli;

/// <summary><c>engine dead-letters</c>: lists the latest events that couldn't be used.</summary>
internal static class DeadLettersCommand
{
    /// <summary>The number of the latest letters of each partition that are looked at.</summary>
    private const int LatestOfPartition = 500;

    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);

    private static readonly JsonSerializerOptions Relaxed = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Declares the command.</summary>
    public static Command Create(
        Option<string?> kafka,
        Option<string?> config,
        Option<string?> prefix,
        CommandContext context
    )
    {
        var reason = new Option<string?>("--reason")
        {
            HelpName = "REASON",
            Description = "only letters with this reason, such as missing-field",
        };
        reason.AcceptOnlyFromAmong([.. DeadLetter.Reasons]);
        var json = new Option<bool>("--json") { Description = "print a line of JSON for each, with the whole value" };
        var command = new Command("dead-letters", "Lists the latest events that couldn't be used, the latest first.")
        {
            reason,
            kafka,
            config,
            prefix,
            json,
        };
        command.SetAction(
            async (parsed, cancel) =>
            {
                ConfigFile file = ConfigFile.Find(parsed.GetValue(config));
                KafkaTarget target = Addresses.KafkaOf(parsed.GetValue(kafka), file);
                await target.CheckAsync(cancel).ConfigureAwait(false);
                string topic = (parsed.GetValue(prefix) ?? file.Config.Prefix) + Topics.DeadLetters;
                IEnumerable<DeadLetter> letters = await LatestAsync(target, topic, context.Time, cancel)
                    .ConfigureAwait(false);
                foreach (
                    DeadLetter letter in letters.Where(letter =>
                        parsed.GetValue(reason) is not { } only || letter.Reason == only
                    )
                )
                {
                    context.Out.WriteLine(parsed.GetValue(json) ? Json(letter) : Line(letter));
                }

                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static async Task<IEnumerable<DeadLetter>> LatestAsync(
        KafkaTarget kafka,
        string topic,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        int partitions;
        using (IConsumer<byte[], byte[]> consumer = KafkaClients.Reader(kafka))
        {
            partitions = KafkaClients.Partitions(consumer, topic, AnswerWithin, clock);
        }

        using var readings = new SemaphoreSlim(1);
        var reader = new TopicReader(kafka, readings, clock);
        var records = new List<LogRecord>();
        for (int number = 0; number < partitions; number++)
        {
            records.AddRange(
                await reader.ReadLastAsync(topic, number, LatestOfPartition, cancel).ConfigureAwait(false)
            );
        }

        return records
            .OrderByDescending(record => record.Timestamp)
            .ThenByDescending(record => record.Offset)
            .Select(record => new DeadLetter(record));
    }

    private static string Line(DeadLetter letter) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{DateTimeOffset.FromUnixTimeMilliseconds(letter.Record.Timestamp):yyyy-MM-dd HH:mm:ss} UTC  "
                + $"{letter.Record.At}  {letter.Reason}: {DeadLetter.Visible(letter.Detail)}  "
                + $"from {DeadLetter.Visible(letter.CameFrom)}"
        );

    private static string Json(DeadLetter letter) =>
        new JsonObject
        {
            ["at"] = letter.Record.At,
            ["time"] = letter.Record.Timestamp,
            ["reason"] = letter.Reason,
            ["detail"] = letter.Detail,
            ["from"] = letter.CameFrom,
            ["key"] = letter.Record.KeyText,
            ["value"] = letter.Text,
            // A value that isn't text, such as Protobuf.
            ["base64"] = letter.Text == null ? Convert.ToBase64String(letter.Record.Value ?? []) : null,
        }.ToJsonString(Relaxed);
}
