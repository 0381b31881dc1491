using System.Globalization;
using System.Text;
using Engine.App.Explain;
using Engine.Client;
using Engine.CommandLine;
using Engine.Configuration.Connections;
using Engine.Contracts;
using Engine.Partitions.Kafka;
using StackExchange.Redis;

namespace Engine.App.Cli;

/// <summary>The options of <c>engine path</c>.</summary>
internal sealed record PathRequest(
    string Click,
    string? Kafka,
    string? Redis,
    string? Config,
    string? Prefix,
    string? Out
);

/// <summary><c>engine path</c>: draws a click's path over the one that it replays.</summary>
internal static class PathCommand
{
    public static async Task<int> RunAsync(PathRequest request, CommandContext context)
    {
        (KafkaTarget kafka, RedisServers redis, string prefix) = Addresses.Find(
            request.Kafka,
            request.Redis,
            request.Config,
            request.Prefix
        );
        using ConnectionMultiplexer connection = await redis.ConnectAsync().ConfigureAwait(false);
        IDatabase database = connection.GetDatabase();
        byte[] stored = (byte[]?)
            await database.StringGetAsync(RedisKeys.Verdict(prefix, request.Click)).ConfigureAwait(false)
            ?? throw NotThere(
                $"click '{request.Click}' has no verdict: it isn't decided yet, or its verdict has expired."
            );
        Verdict verdict = VerdictLookup.Read(request.Click, stored);
        DrawnPath drawn = await PathDrawing
            .DrawAsync(database, prefix, kafka, verdict, CancellationToken.None)
            .ConfigureAwait(false);
        string output = request.Out ?? FileName(request.Click);
        await File.WriteAllTextAsync(output, drawn.Svg).ConfigureAwait(false);
        context.Out.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{output}: {drawn.Path.Points.Count} points in {drawn.Path.DurationMs:0} "
                    + $"ms{(drawn.Replayed == null ? "" : $", over the path of click {drawn.Replayed.Click}")}."
            )
        );
        if (drawn.Note is { } note)
        {
            context.Error.WriteLine($"engine: {note}");
        }

        return ExitCodes.Done;
    }

    /// <summary>Gets a file name for a click, whose id may contain characters that file names can't.</summary>
    private static string FileName(string click)
    {
        var name = new StringBuilder(click);
        for (int i = 0; i < name.Length; i++)
        {
            if (name[i] is '/' or '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|')
            {
                name[i] = '_';
            }
        }

        return name.Append(".svg").ToString();
    }

    private static CommandException NotThere(string why) => new(why, ExitCodes.NotThere);
}
