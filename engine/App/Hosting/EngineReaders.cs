using Engine.CommandLine;
using Engine.Contracts.Settings;
using Engine.Partitions.Kafka;
using Engine.Pipeline.Consume;
using Engine.Pipeline.Consume.Followers;
using Engine.Pipeline.Consume.Labels;
using Engine.Pipeline.Consume.Lanes;
using Engine.Pipeline.History;
using Engine.Pipeline.Replay;
using Engine.Pipeline.Settings;
using Engine.Workflows.Runtime;

namespace Engine.App.Hosting;

/// <summary>An engine's Kafka clients other than its lanes: the producer, and a reader for each side topic. Call <see
/// cref="StartSettings"/> first, then <see cref="StartAsync"/>, which waits until all have caught up.</summary>
internal sealed class EngineReaders(KafkaTarget target, string prefix, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan SettingsWithin = TimeSpan.FromSeconds(30),
        SettingsLookEvery = TimeSpan.FromMilliseconds(20);

    private SettingsReader? _settings;
    private SignatureReader? _signatures;
    private LabelsReader? _labels;
    private StandingsFollower? _standings;
    private MarksReader? _marks;
    private LabelledClicks? _labelledClicks;

    public KafkaOut Kafka { get; } = new(target, prefix, clock);

    public SettingsReader Settings => _settings!;

    /// <summary>Reads what other partitions tell.</summary>
    public KnowledgeReaders Knowledge => new(_standings!, _signatures!, _labels!, _marks!);

    public LabelledClicks LabelledClicks => _labelledClicks!;

    /// <summary>Follows <c>settings</c> from a base onwards.</summary>
    /// <param name="isFirstToRefuse">Whether to send a dead letter of the invalid record at an offset.</param>
    public void StartSettings(
        SettingsSnapshot settingsBase,
        SettingsBuilder builder,
        Func<long, bool> isFirstToRefuse,
        ILogger log
    )
    {
        _settings = new SettingsReader(target, settingsBase, builder, Activation.Delay, Kafka, clock, log)
        {
            IsFirstToRefuse = isFirstToRefuse,
        };
        _settings.Start();
    }

    /// <summary>Starts the other readers concurrently, as each waits a tenth of a second for Kafka. Labels and
    /// standings start after the settings are read, because the settings define how they are counted.</summary>
    public async Task StartAsync(
        SettingsSnapshot settingsBase,
        string group,
        ReplayIndex replays,
        StandingsView view,
        CancellationToken cancel
    )
    {
        Task signatures = Task.Run(
            () => (_signatures = new SignatureReader(target, prefix, replays, clock)).Start(),
            cancel
        );
        Task marks = Task.Run(
            () => (_marks = new MarksReader(target, prefix, group, MarksNeeded, clock)).Start(),
            cancel
        );
        Task labelledClicks = Task.Run(() => (_labelledClicks = new LabelledClicks(target, Kafka)).Start(), cancel);
        await WaitForSettingsAsync(cancel).ConfigureAwait(false);
        var intake = new LabelIntake(
            new Histories(settingsBase.Hash, own: () => Settings.Timeline.Latest.ClicksModel?.Own)
        );
        await Task.WhenAll(
                signatures,
                marks,
                labelledClicks,
                Task.Run(() => (_labels = new LabelsReader(target, intake, Kafka, clock)).Start(), cancel),
                Task.Run(
                    () =>
                        (
                            _standings = new StandingsFollower(
                                target,
                                prefix,
                                settingsBase.Hash,
                                intake,
                                view.Take,
                                clock
                            )
                        ).Start(),
                    cancel
                )
            )
            .ConfigureAwait(false);
    }

    /// <summary>As many as an owner may write in twice the time that a takeover rereads.</summary>
    private int MarksNeeded() => (int)(2 * RebuildHorizon.For(Lane.LongestWindow, Settings.Timeline) / OwnMarks.Every);

    private async Task WaitForSettingsAsync(CancellationToken cancel)
    {
        long since = clock.GetTimestamp();
        while (!Settings.IsFresh)
        {
            if (Settings.Missing is { } missing)
            {
                throw new CommandException($"the settings don't load here: {missing}: copy the file to this engine.");
            }

            if (clock.GetElapsedTime(since) > SettingsWithin)
            {
                throw new CommandException(
                    "the topic 'settings' could not be read to its end: is the broker reachable at the address that "
                        + "it advertises?"
                );
            }

            await Task.Delay(SettingsLookEvery, clock, cancel).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _labelledClicks?.Dispose();
        _marks?.Dispose();
        _standings?.Dispose();
        _labels?.Dispose();
        _signatures?.Dispose();
        _settings?.Dispose();
        Kafka.Dispose();
    }
}
