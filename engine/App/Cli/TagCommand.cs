using System.Text.Encodings.Web;
using System.Text.Json;
using Engine.App.Configuration;
using Engine.CommandLine;
using Engine.Configuration.Connections;
using Engine.Contracts;
using Engine.Text.Html;
using Engine.Text.Phrases;
using Engine.Workflows.TaggedContent.Decision;
using Engine.Workflows.TaggedContent.Tagging;
using StackExchange.Redis;

namespace Engine.App.Cli;

/// <summary>The options of <c>engine tag</c>.</summary>
internal sealed record TagOptions
{
    public required string File { get; init; }
    public bool IsText { get; init; }
    public bool IsJson { get; init; }
    public string? Bookmarks { get; init; }
    public bool IsExact { get; init; }
    public string? Redis { get; init; }
    public string? Config { get; init; }
    public string? Prefix { get; init; }
}

/// <summary><c>engine tag</c>: emphasises bookmarks in a file.</summary>
internal static class TagCommand
{
    /// <summary>Stands for standard input.</summary>
    private const string Standard = "-";

    /// <summary>No topic has more partitions.</summary>
    private const int MaxPartitions = 1_024;

    private static readonly JsonSerializerOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static async Task<int> RunAsync(TagOptions options, CommandContext context)
    {
        string content = await ReadAsync(options.File).ConfigureAwait(false);
        IReadOnlyCollection<HeldBookmark> held =
            options.Bookmarks != null
                ? ReadBookmarks(options.Bookmarks, options.IsExact)
                : await ReadStoredAsync(options).ConfigureAwait(false);
        Tagger tagger = Tagger.Build(held, options.IsExact ? PhraseComparison.Exact : PhraseComparison.Words);
        TaggedText tagged;
        try
        {
            tagged = tagger.Tag(new TagRequest(content, !options.IsText));
        }
        catch (HtmlRefusedException refused)
        {
            throw new CommandException($"{options.File}: {refused.Message}", ExitCodes.Failed);
        }

        if (options.IsJson)
        {
            context.Out.WriteLine(tagged.ToJson().ToJsonString(Readable));
        }
        else
        {
            context.Out.Write(tagged.Html);
        }

        return ExitCodes.Done;
    }

    private static async Task<string> ReadAsync(string file)
    {
        if (file == Standard)
        {
            using var input = new StreamReader(Console.OpenStandardInput());
            return await input.ReadToEndAsync().ConfigureAwait(false);
        }

        Require(file);
        return await File.ReadAllTextAsync(file).ConfigureAwait(false);
    }

    private static IReadOnlyCollection<HeldBookmark> ReadBookmarks(string file, bool isExact)
    {
        Require(file);
        try
        {
            return BookmarkFile.Read(File.ReadLines(file), isExact);
        }
        catch (FormatException wrong)
        {
            throw new CommandException($"{file}, {wrong.Message}", ExitCodes.WrongUse);
        }
    }

    /// <summary>The bookmarks of the topic, as the engine of this group remembers them.</summary>
    private static async Task<IReadOnlyCollection<HeldBookmark>> ReadStoredAsync(TagOptions options)
    {
        (RedisServers servers, string prefix) = Addresses.FindRedis(
            options.Redis,
            ConfigFile.FindOrDefaults(options.Config),
            RunningEngine.Find(),
            options.Prefix
        );
        using ConnectionMultiplexer connection = await servers.ConnectAsync().ConfigureAwait(false);
        IDatabase redis = connection.GetDatabase();
        string? group = await redis.StringGetAsync($"{prefix}group").ConfigureAwait(false);
        var keys = new RedisKeys(
            prefix,
            group
                ?? throw new CommandException(
                    "Redis holds no results: start out/engine run, or give bookmarks with --bookmarks FILE.",
                    ExitCodes.NotThere
                )
        );
        return await BookmarkStore
            .ReadAsync(
                redis,
                keys,
                Enumerable.Range(0, MaxPartitions).Select(number => RedisKeys.Partition(Topics.Bookmarks, number))
            )
            .ConfigureAwait(false);
    }

    private static void Require(string file)
    {
        if (!File.Exists(file))
        {
            throw new CommandException(
                Directory.Exists(file) ? $"{file} is a directory: give a file." : $"{file}: no such file.",
                ExitCodes.WrongUse
            );
        }
    }
}
