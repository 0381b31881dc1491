using Engine.Conditions;
using Engine.Text.LookAlikes;
using Engine.Workflows.Messages.Events;
using NodaTime;

namespace Engine.Workflows.Messages.Content;

/// <summary>What the partition knows of a message beside the message itself.</summary>
/// <param name="IsFirst">Whether it is the first of its conversation.</param>
/// <param name="SilentSeconds">How long nobody had written in the conversation, s; 0 for the first message.</param>
/// <param name="Time">When it was written, ms.</param>
internal readonly record struct MessageSituation(bool IsFirst, long SilentSeconds, long Time);

/// <summary>The values of <c>message.…</c> and <c>context</c> in conditions, in the order of their names.</summary>
internal readonly record struct MessageNames(
    Message Message,
    MessageContent Content,
    CelValue Context,
    MessageSituation Situation,
    DateTimeZone Zone
) : ICelBindings
{
    internal const int WordsSlot = 1,
        SkeletonSlot = 2,
        LinksSlot = 3,
        LinkCountSlot = 4;

    public static CelNames Names { get; } = Declare();

    public CelValue Get(int slot) =>
        slot switch
        {
            0 => CelValue.Of(Content.Text),
            WordsSlot => Content.Folded,
            SkeletonSlot => Content.Skeletons,
            LinksSlot => Content.Hosts,
            LinkCountSlot => CelValue.Of((long)Content.Links.Count),
            5 => Content.Amounts,
            6 => CelValue.Of(Content.Length),
            7 => CelValue.Of(Message.Sender),
            8 => CelValue.Of([.. Message.Recipients.Select(person => CelValue.Of(person))]),
            9 => CelValue.Of(Message.Group ?? ""),
            10 => CelValue.Of((long)Local.Hour),
            11 => CelValue.Of((long)Local.DayOfWeek),
            12 => CelValue.Of(Situation.SilentSeconds),
            13 => CelValue.Of(Situation.IsFirst),
            14 => CelValue.Of(Message.Edits != null),
            15 => CelValue.Of(Message.IsAutomatic),
            16 => Content.Tags,
            17 => CelValue.Of(Content.Language),
            18 => Context,
            _ => throw new ArgumentOutOfRangeException(nameof(slot)),
        };

    private ZonedDateTime Local => Instant.FromUnixTimeMilliseconds(Situation.Time).InZone(Zone);

    private static CelNames Declare()
    {
        var names = new CelNames { RefusesEmpty = true };
        names.Add("message.text", CelType.String, "the text, of HTML without its markup");
        names.AddFolded("message.words", "the words without letter case and accents", MessageContent.Fold);
        names.AddFolded("message.skeleton", "the words as they look", Skeleton.Of);
        names.AddFolded("message.links", "the hosts of links", host => host.ToLowerInvariant());
        names.Add("message.link_count", CelType.Int, "the number of links");
        names.Add("message.amounts", CelType.List, "the numbers in the text");
        names.Add("message.length", CelType.Int, "the length in code points");
        names.Add("message.sender", CelType.String, "who has written it");
        names.Add("message.recipients", CelType.List, "who is to read it");
        names.Add("message.group", CelType.String, "the conversation's group; empty if it has none");
        names.Add("message.hour", CelType.Int, "the hour when it was written, 0 to 23, in the rule's zone");
        names.Add("message.weekday", CelType.Int, "the day when it was written, 1 (Monday) to 7, in the rule's zone");
        names.Add("message.silent_s", CelType.Int, "seconds since the conversation's last message; 0 for the first");
        names.Add("message.first", CelType.Bool, "whether it is the conversation's first");
        names.Add("message.edited", CelType.Bool, "whether it is a new version of another");
        names.Add("message.automatic", CelType.Bool, "whether a program has written it");
        names.Add("message.tags", CelType.List, "the tags of bookmarks in the text");
        names.Add("message.language", CelType.String, "the code of the text's language; empty if none can be told");
        names.Add("context", CelType.Dyn, "what the messaging system knows; test fields with has()");
        return names;
    }
}
