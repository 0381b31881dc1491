using System.Text.RegularExpressions;
using Engine.App.Configuration;
using Engine.Client.Provisioning;
using Engine.CommandLine;
using Engine.Contracts;
using Engine.Contracts.Settings;
using Engine.Partitions.Diagnostics;
using Engine.Partitions.Kafka;
using Engine.Partitions.Redis;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Consume.Followers;
using Engine.Pipeline.Consume.Labels;
using Engine.Pipeline.Consume.Lanes;
using Engine.Pipeline.Deliver;
using Engine.Pipeline.History;
using Engine.Pipeline.Replay;
using Engine.Pipeline.Settings;
using Engine.Workflows.Module;
using Engine.Workflows.Runtime;
using StackExchange.Redis;

namespace Engine.App.Hosting;

/// <summary>Where an engine runs: addresses, group and prefix, as the command line and engine.yaml have them.</summary>
public sealed record EngineAddress(string Kafka, string Redis, string Group, string Prefix);

/// <summary>
/// One engine: its lanes and what they share. <see cref="StartAsync"/>, then look, then <see cref="Stop"/>; or it ends
/// by a failure.
/// </summary>
public sealed partial class EngineHost : IDisposable
{
    private static readonly TimeSpan SettingsWithin = TimeSpan.FromSeconds(30),
        SettingsLookEvery = TimeSpan.FromMilliseconds(20);

    private readonly List<Lane> _lanes;
    private readonly List<WorkflowLane> _workflows;
    private readonly KafkaOut _kafka;
    private readonly SettingsReader _settings;
    private readonly LogEndOffsets _ends;
    private readonly TimeProvider _clock;

    private EngineHost(
        EngineContext context,
        SettingsReader settings,
        StandingsView standings,
        IReadOnlyList<byte[]> signingSecrets,
        IReadOnlyList<(IWorkflow Module, IDecider Decider)> deciders,
        IEnumerable<Lane> lanes,
        IEnumerable<WorkflowLane> workflows,
        ILogger log
    )
    {
        (Standings, SigningSecrets, Deciders, _lanes, _workflows) = (
            standings,
            signingSecrets,
            deciders,
            [.. lanes],
            [.. workflows]
        );
        (Context, _settings, _kafka, _clock) = (context, settings, context.Kafka, context.Clock);
        _ends = new LogEndOffsets(context.Consume.Kafka, context.Redis, context.Keys, context.Clock);
        _kafka.Failed = log.SendFailed;
    }

    public EngineContext Context { get; }

    public SettingsReader Settings => _settings;

    /// <summary>What clicks have told, over all partitions.</summary>
    public IStandings Standings { get; }

    /// <summary>The group's secrets, the first of which signs.</summary>
    public IReadOnlyList<byte[]> SigningSecrets { get; }

    /// <summary>The workflows that are decided here.</summary>
    public IReadOnlyList<(IWorkflow Module, IDecider Decider)> Deciders { get; }

    public IReadOnlyList<LaneStatus> Lanes => [.. _lanes.Select(lane => lane.Status)];

    /// <summary>What ended a lane, or null.</summary>
    public Exception? Failure =>
        _workflows
            .Select(lane => lane.Failure)
            .Concat(_lanes.Select(lane => lane.Failure))
            .FirstOrDefault(failure => failure != null);

    /// <summary>Where the workflows stand together.</summary>
    public WorkflowStatus Workflows => WorkflowStatus.Of([.. _workflows.Select(lane => lane.Status)]);

    /// <summary>What became of all records so far.</summary>
    public PartitionCounts Counts
    {
        get
        {
            var sum = new PartitionCounts();
            foreach (Lane lane in _lanes)
            {
                lane.Counts.AddTo(sum);
            }

            return sum;
        }
    }

    /// <summary>
    /// Connects, makes missing topics, takes or sets the group's base, and starts the lanes. Throws
    /// <see cref="CommandException"/> with what to do where that can't be.
    /// </summary>
    public static async Task<EngineHost> StartAsync(
        ConfigFile file,
        EngineAddress address,
        TimeProvider clock,
        ILogger log,
        CancellationToken cancel
    )
    {
        EngineConfig config = file.Config;
        var target = new KafkaTarget(address.Kafka, config.Consume.Librdkafka);
        if (!TopicName().IsMatch(address.Prefix))
        {
            throw new CommandException(
                $"the prefix '{address.Prefix}' can't begin a topic's name, as it must: use letters, digits, '.', "
                    + $"'_' and '-' only.",
                ExitCodes.WrongUse
            );
        }

        var keys = new RedisKeys(address.Prefix, address.Group);
        RedisTarget redis = ConnectRedis(address.Redis);
        KafkaOut? kafka = null;
        SettingsReader? settings = null;
        SignatureReader? signatures = null;
        LabelsReader? labels = null;
        StandingsFollower? standings = null;
        LabelledClicks? labelledClicks = null;
        try
        {
            ClaimGroup(redis.Redis.GetDatabase(), keys);
            WarnOfEviction(redis, log);
            IReadOnlyList<byte[]> secrets = Hosting.SigningSecrets.FindOrMake(redis.Redis.GetDatabase(), keys, file);
            // What needs no Kafka is done while Kafka answers, and its readers are made side by side: each waits a
            // tenth of a second for it.
            Task topics = MakeTopicsAsync(address, target, config, cancel);
            SettingsSnapshot? found = SettingsBootstrap.Find(redis.Redis.GetDatabase(), keys, file, log);
            Task<SettingsBuilder>? reading = found == null ? null : Task.Run(() => BookOf(found, file.Files), cancel);
            // A broker that doesn't answer is waited for within the client; a stop doesn't wait for it.
            await topics.WaitAsync(cancel).ConfigureAwait(false);
            kafka = new KafkaOut(target, address.Prefix);
            SettingsSnapshot settingsBase = found
                ?? SettingsBootstrap.Set(redis.Redis.GetDatabase(), keys, target, file);
            SettingsBuilder book =
                reading == null ? BookOf(settingsBase, file.Files) : await reading.ConfigureAwait(false);
            settings = new SettingsReader(
                target,
                settingsBase,
                book,
                SettingsTimeline.ActivationDelay,
                kafka,
                clock,
                log
            );
            settings.Start();
            PipelineLimits limits = config.Bounds.ToLimits();
            var replays = new ReplayIndex(new ReplaySettings(limits.ReplayPaths));
            Task signaturesStart = Task.Run(
                () => (signatures = new SignatureReader(target, address.Prefix, replays, clock)).Start(),
                cancel
            );
            Task labelledStart = Task.Run(() => (labelledClicks = new LabelledClicks(target, kafka)).Start(), cancel);
            await WaitForSettingsAsync(settings, clock, cancel).ConfigureAwait(false);
            var intake = new LabelIntake(HistoriesOf(settingsBase, settings.Timeline));
            var view = new StandingsView(limits.Standings);
            await Task.WhenAll(
                    signaturesStart,
                    labelledStart,
                    Task.Run(() => (labels = new LabelsReader(target, intake, kafka, clock)).Start(), cancel),
                    Task.Run(
                        () =>
                            (
                                standings = new StandingsFollower(
                                    target,
                                    address.Prefix,
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
            EngineHost? host = null;
            var context = new EngineContext
            {
                Consume = Consume(config, address),
                Deliver = Deliver(config),
                Limits = limits,
                Keys = keys,
                Redis = redis,
                Kafka = kafka,
                Hash = settingsBase.Hash,
                Timeline = settings.Timeline,
                SettingsAreFresh = () => settings.IsFresh,
                LanesHaveJoined = () => host!._lanes.TrueForAll(lane => lane.HasJoined),
                Replays = replays,
                Signatures = signatures!,
                Labels = labels!,
                Standings = standings!,
                LabelledClicks = labelledClicks!,
                Clock = clock,
                Log = log,
            };
            IReadOnlyList<(IWorkflow Module, IDecider Decider)> deciders = Modules.CreateDeciders(
                new DeciderServices(view, secrets)
            );
            var upkeep = new UpkeepServices(keys, settings.Timeline, view, context.Deliver.VerdictTtl, clock);
            IEnumerable<Task<WorkflowLane>> workflows = deciders.Select(one =>
                Task.Run(() => new WorkflowLane(context, one.Decider, one.Module.CreateUpkeep(upkeep)), cancel)
            );
            IEnumerable<Task<Lane>> lanes = Enumerable
                .Range(0, config.Lanes > 0 ? config.Lanes : Environment.ProcessorCount)
                .Select(i => Task.Run(() => new Lane(context, i), cancel));
            host = new EngineHost(
                context,
                settings,
                view,
                secrets,
                deciders,
                await Task.WhenAll(lanes).ConfigureAwait(false),
                await Task.WhenAll(workflows).ConfigureAwait(false),
                log
            );
            // What loading lists, rules and models took is given back to the system, 50 MB, before memory is needed for
            // clicks.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            foreach (Lane lane in host._lanes)
            {
                lane.Start();
            }

            host._workflows.ForEach(lane => lane.Start());
            return host;
        }
        catch
        {
            labelledClicks?.Dispose();
            standings?.Dispose();
            labels?.Dispose();
            signatures?.Dispose();
            settings?.Dispose();
            kafka?.Dispose();
            redis.Redis.Dispose();
            throw;
        }
    }

    /// <summary>Writes what is decided, gives partitions back, and ends.</summary>
    public void Stop()
    {
        foreach (Lane lane in _lanes)
        {
            lane.Stop();
        }

        _workflows.ForEach(lane => lane.Stop());
        foreach (Lane lane in _lanes)
        {
            lane.Join();
        }

        _workflows.ForEach(lane => lane.Join());
    }

    /// <summary>
    /// What is missing until everything is read, decided, written and acknowledged, here and in partitions that others
    /// own, and no event came for so long; null where nothing is.
    /// </summary>
    public string? WaitsFor(TimeSpan time)
    {
        IReadOnlyList<LaneStatus> lanes = Lanes;
        HashSet<string> owned = [.. lanes.SelectMany(lane => lane.Names)];
        // A lane that Kafka keeps waiting is only waited for where there is something left for it to own.
        if (owned.Count < _ends.Partitions && lanes.Any(lane => !lane.HasJoined))
        {
            return $"lanes join the group: {lanes.Count(lane => lane.HasJoined)} of {lanes.Count} have";
        }

        WorkflowStatus workflows = Workflows;
        return lanes.Select(lane => lane.Waits).FirstOrDefault(waits => waits != null)
            ?? workflows.Waits
            ?? (
                lanes
                    .Select(lane => lane.BusyAt)
                    .Append(workflows.BusyAt)
                    .Any(busyAt => busyAt != 0 && _clock.GetElapsedTime(busyAt) < time)
                    ? $"events came within the last {time.TotalSeconds:0.##} s"
                    : null
            )
            ?? (
                _ends.AreReachedBeyond(owned)
                    ? null
                    : "partitions that others own, or nobody, aren't decided to their ends"
            );
    }

    /// <summary>What Kafka takes in a topic's name; 64 are far from its limit.</summary>
    [GeneratedRegex("^[A-Za-z0-9._-]{0,64}$")]
    private static partial Regex TopicName();

    private static RedisTarget ConnectRedis(string addresses)
    {
        try
        {
            return RedisTarget.Connect(addresses);
        }
        catch (Exception e)
            when (e is RedisException or ArgumentException or InvalidOperationException or NotSupportedException)
        {
            throw new CommandException(
                $"no Redis at {addresses} ({e.Message.Split('.')[0]}): start one, or name another with --redis H:P."
            );
        }
    }

    /// <summary>Keys belong to one group; another's are refused before anything is written.</summary>
    private static void ClaimGroup(IDatabase redis, RedisKeys keys)
    {
        redis.StringSet(keys.GroupKey, keys.Group, when: When.NotExists);
        string holder = redis.StringGet(keys.GroupKey).ToString();
        if (holder != keys.Group)
        {
            throw new CommandException(
                $"this Redis holds the results of group '{holder}', not of '{keys.Group}': give this group keys of "
                    + $"its own with --prefix, or run with --group {holder}.",
                ExitCodes.WrongUse
            );
        }
    }

    private static void WarnOfEviction(RedisTarget redis, ILogger log)
    {
        try
        {
            RedisResult answer = redis.Redis.GetDatabase().Execute("CONFIG", "GET", "maxmemory-policy");
            string? policy = answer.Length == 2 ? answer[1].ToString() : null;
            if (!string.IsNullOrEmpty(policy) && policy != "noeviction")
            {
                log.RedisEvicts(policy);
            }
        }
        catch (Exception e) when (e is RedisException or RedisCommandException)
        {
            // Garnet and managed servers don't tell; there is nothing to warn of then.
        }
    }

    private static async Task MakeTopicsAsync(
        EngineAddress address,
        KafkaTarget target,
        EngineConfig config,
        CancellationToken cancel
    )
    {
        string[] own =
        [
            Topics.PathSignatures,
            Topics.Standings,
            Topics.Notifications,
            Topics.Verdicts,
            Topics.DeadLetters,
        ];
        string[] all =
        [
            Topics.Interactions,
            Topics.Labels,
            Topics.Settings,
            .. Modules.Topics,
            .. own.Select(topic => address.Prefix + topic),
        ];
        IReadOnlyList<TopicState> states;
        try
        {
            TopicTimestamps timestamps =
                config.Topics.Timestamps == "create" ? TopicTimestamps.CreateTime : TopicTimestamps.LogAppendTime;
            states = await new TopicProvisioner(target.Brokers, target.Settings)
                .EnsureAsync(all, timestamps, config.Topics.Partitions, asks: false, cancel: cancel)
                .ConfigureAwait(false);
        }
        catch (Confluent.Kafka.KafkaException e)
        {
            throw new CommandException(
                $"no Kafka at {address.Kafka} ({e.Error.Reason}): start one, or name another with --kafka H:P."
            );
        }
        // One that was missing may have been made by somebody else meanwhile, or have made itself.
        int partitions = states.Single(state => state.Name == Topics.Settings).Partitions is > 0 and var known
            ? known
            : SettingsPartitions(target);
        if (partitions > 1)
        {
            throw new CommandException(
                $"the topic 'settings' has {partitions} partitions, and must have 1, for its order decides: mend it "
                    + $"with 'kafka-topics --delete --topic settings', then start again and it is made anew.",
                ExitCodes.WrongUse
            );
        }
    }

    private static int SettingsPartitions(KafkaTarget kafka)
    {
        using Confluent.Kafka.IAdminClient admin = new Confluent.Kafka.AdminClientBuilder(
            kafka.Apply(new Confluent.Kafka.AdminClientConfig())
        )
            .SetLogHandler((_, _) => { })
            .Build();
        return admin.GetMetadata(Topics.Settings, TimeSpan.FromSeconds(10)).Topics.Single().Partitions.Count;
    }

    private static Histories HistoriesOf(SettingsSnapshot settingsBase, SettingsTimeline timeline) =>
        new(settingsBase.Hash, own: () => timeline.Latest.ClicksModel?.Own);

    private static SettingsBuilder BookOf(SettingsSnapshot settingsBase, SettingFiles files)
    {
        try
        {
            return SettingsBuilder.Of(settingsBase, files, Modules.SettingKinds);
        }
        catch (SettingException e)
        {
            throw new CommandException($"the group's base settings don't load here: {e.Message}.", ExitCodes.WrongUse);
        }
    }

    private static async Task WaitForSettingsAsync(
        SettingsReader settings,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        long since = clock.GetTimestamp();
        while (!settings.IsFresh)
        {
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

    private static ConsumeOptions Consume(EngineConfig config, EngineAddress address) =>
        new()
        {
            Kafka = new KafkaTarget(address.Kafka, config.Consume.Librdkafka),
            Group = address.Group,
            BatchMessages = config.Consume.BatchMessages,
            BatchWaitMs = config.Consume.BatchWaitMs,
            DirectFetch = config.Consume.DirectFetch,
            SessionTimeout = TimeSpan.FromMilliseconds(config.Consume.SessionTimeoutMs),
            ProgressInterval = TimeSpan.FromMilliseconds(config.Consume.ProgressMs),
            MaxBytesUnderWay = config.Deliver.MaxBytesUnderWay,
        };

    private static DeliverOptions Deliver(EngineConfig config) =>
        new()
        {
            VerdictTtl = TimeSpan.FromSeconds(config.Deliver.VerdictTtlS),
            TotalsTtl = TimeSpan.FromSeconds(config.Deliver.TotalsTtlS),
            NetworkTtl = TimeSpan.FromSeconds(config.Deliver.NetworkTtlS),
            CompleteVerdicts = config.Deliver.CompleteVerdicts,
            VerdictsTopic = config.Deliver.VerdictsTopic,
            VerdictsChannel = config.Deliver.VerdictsChannel,
        };

    public void Dispose()
    {
        foreach (Lane lane in _lanes)
        {
            lane.Dispose();
        }

        _workflows.ForEach(lane => lane.Dispose());
        _ends.Dispose();
        Context.LabelledClicks.Dispose();
        Context.Standings.Dispose();
        Context.Labels.Dispose();
        Context.Signatures.Dispose();
        _settings.Dispose();
        _kafka.Dispose();
        Context.Redis.Redis.Dispose();
    }
}
