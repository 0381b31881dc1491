using Confluent.Kafka;
using Engine.CommandLine;
using Engine.Contracts;
using Engine.Partitions.Kafka;
using Engine.Pipeline.Consume.Labels;
using Engine.Pipeline.Consume.Logs;
using Engine.Pipeline.History;

namespace Engine.App.Quality;

/// <summary>The labels of clicks. The last label of each source counts, with its weight, and the side with more weight
/// decides the click. A click whose sides are balanced, or have no weight, is undecided. Not thread-safe.</summary>
public sealed class LabelBook
{
    private static readonly TimeSpan ReadWithin = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, Dictionary<string, SourceLabel>> _clicks = new(StringComparer.Ordinal);

    private readonly record struct SourceLabel(bool Valid, double Weight, long LogTime);

    /// <summary>The number of labels added.</summary>
    public long Labels { get; private set; }

    /// <summary>The number of records that aren't labels; the engine has made dead letters of them.</summary>
    public long Unusable { get; private set; }

    /// <summary>The number of clicks with a label.</summary>
    public int Clicks => _clicks.Count;

    /// <summary>Gets each decided click and whether it is invalid.</summary>
    public IEnumerable<(string Click, bool Invalid)> Decided()
    {
        foreach ((string click, Dictionary<string, SourceLabel> sources) in _clicks)
        {
            double invalid = sources.Values.Sum(label => label.Valid ? -label.Weight : label.Weight);
            if (invalid != 0)
            {
                yield return (click, invalid > 0);
            }
        }
    }

    /// <summary>Gets what the labels so far say of a click: invalid, valid, or null for nothing.</summary>
    public Func<string, bool?> ToLookup()
    {
        Dictionary<string, bool> invalid = Decided()
            .ToDictionary(label => label.Click, label => label.Invalid, StringComparer.Ordinal);
        return click => invalid.TryGetValue(click, out bool isInvalid) ? isInvalid : null;
    }

    /// <summary>Adds a label. Of two labels of one source, the one with the later log time counts, or the last one
    /// added if both have the same.</summary>
    /// <param name="logTime">The running maximum of its partition's timestamps up to the label, in ms.</param>
    public void Add(LabelEvent label, long logTime)
    {
        Labels++;
        if (!_clicks.TryGetValue(label.Click, out Dictionary<string, SourceLabel>? sources))
        {
            _clicks[label.Click] = sources = new(1, StringComparer.Ordinal);
        }

        if (!sources.TryGetValue(label.Source, out SourceLabel before) || before.LogTime <= logTime)
        {
            sources[label.Source] = new SourceLabel(label.Valid, label.Weight, logTime);
        }
    }

    /// <summary>Reads <c>labels</c> from its beginning to its current end.</summary>
    /// <exception cref="CommandException">Kafka doesn't answer, or the topic doesn't exist.</exception>
    public static LabelBook Read(KafkaTarget kafka, TimeProvider clock)
    {
        var book = new LabelBook();
        var logTimes = new Dictionary<int, long>();
        try
        {
            using var follower = new TopicFollower(kafka, Topics.Labels, record => book.Take(record, logTimes), clock);
            follower.Start();
            if (!follower.CatchUp(ReadWithin))
            {
                throw new CommandException(
                    $"the topic {Topics.Labels} could not be read to its end within {ReadWithin.TotalMinutes:0} min."
                );
            }
        }
        catch (Exception error) when (error is KafkaException or TimeoutException)
        {
            throw new CommandException(
                $"no topic {Topics.Labels} in Kafka at {kafka.Brokers} ({error.Message}): is the address right?"
            );
        }
        return book;
    }

    private void Take(ConsumeResult<byte[], byte[]> record, Dictionary<int, long> logTimes)
    {
        int partition = record.Partition.Value;
        long logTime = logTimes[partition] = RecordTime.Advance(
            logTimes.GetValueOrDefault(partition),
            record.Message.Timestamp.UnixTimestampMs
        );
        if (
            !RecordTime.IsAccepted(record.Message.Timestamp.UnixTimestampMs)
            || LabelDecoder
                .Decode(record.Message.Value, LabelIntake.HeadersOf(record.Message), out LabelEvent? label)
                .IsError
        )
        {
            Unusable++;
        }
        else
        {
            Add(label!, logTime);
        }
    }
}
