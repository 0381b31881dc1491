using Engine.App.Configuration;
using Engine.CommandLine;
using Engine.Contracts;
using Engine.Contracts.Settings;
using Engine.Partitions;
using Engine.Partitions.Diagnostics;
using Engine.Partitions.Kafka;
using Engine.Partitions.Redis;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Consume.Lanes;
using Engine.Pipeline.Replay;
using Engine.Pipeline.Settings;
using Engine.Workflows.Module;
using Engine.Workflows.Runtime;
using StackExchange.Redis;

namespace Engine.App.Hosting;

/// <summary>Creates and starts an engine.</summary>
internal static class EngineStartup
{
    /// <summary>Connects, creates missing topics, reads or sets the group's base settings, and starts the lanes. Throws
    /// <see cref="CommandException"/>, which says what to do, if that fails.</summary>
    /// <param name="check">Looks at the settings in force before anything is decided, and throws to end the
    /// start.</param>
    public static async Task<EngineHost> StartAsync(
        ConfigFile file,
        EngineAddress address,
        Action<DecisionSettings> check,
        TimeProvider clock,
        ILogger log,
        CancellationToken cancel
    )
    {
        EngineConfig config = file.Config;
        KafkaTarget target = address.Kafka;
        EngineTopics.CheckNames(address.Group, address.Prefix);
        var keys = new RedisKeys(address.Prefix, address.Group);
        RedisTarget redis = await GroupRedis.ConnectAsync(address.Redis, TimeProvider.System).ConfigureAwait(false);
        EngineReaders? readers = null;
        try
        {
            IDatabase database = redis.Redis.GetDatabase();
            IReadOnlyList<byte[]> secrets = await GroupRedis
                .WaitAsync(
                    () =>
                    {
                        GroupRedis.Claim(database, keys);
                        return SigningSecrets.FindOrMake(database, keys, file.SigningKeys);
                    },
                    clock,
                    log,
                    cancel
                )
                .ConfigureAwait(false);
            GroupRedis.WarnOfEviction(redis, log);
            // Work that doesn't need Kafka runs while Kafka answers.
            Task topics = EngineTopics.MakeAsync(address, config, cancel);
            SettingsSnapshot? found = SettingsBootstrap.Find(database, keys, file, log);
            Task<SettingsBuilder>? reading =
                found == null ? null : Task.Run(() => BuilderOf(found, file.Files), cancel);
            // The client waits for a broker that doesn't answer; a cancellation doesn't wait for the client.
            await topics.WaitAsync(cancel).ConfigureAwait(false);
            readers = new EngineReaders(target, address.Prefix, clock);
            SettingsSnapshot settingsBase = found
                ?? await GroupRedis
                    .WaitAsync(() => SettingsBootstrap.Set(database, keys, target, file), clock, log, cancel)
                    .ConfigureAwait(false);
            SettingsBuilder builder =
                reading == null ? BuilderOf(settingsBase, file.Files) : await reading.ConfigureAwait(false);
            readers.StartSettings(
                settingsBase,
                builder,
                offset => GroupRedis.IsFirstToRefuse(database, keys, offset),
                log
            );
            PipelineLimits limits = config.Bounds.ToLimits();
            var replays = new ReplayIndex(new ReplaySettings(limits.ReplayPaths));
            var view = new StandingsView(limits.Standings);
            await readers.StartAsync(settingsBase, address.Group, replays, view, cancel).ConfigureAwait(false);
            DecisionSettings settings = readers.Settings.Timeline.Latest;
            check(settings);
            if (settings.ClicksModel == null)
            {
                log.NoClickModel(settings.Version);
            }

            Dictionary<RedisKey, RedisValue> kept = GroupRedis.KeptOf(keys, settingsBase, secrets, file);
            EngineHost? host = null;
            var context = new EngineContext
            {
                Consume = EngineOptions.Consume(config, address),
                Deliver = EngineOptions.Deliver(config),
                Limits = limits,
                Keys = keys,
                Redis = redis,
                Kafka = readers.Kafka,
                Hash = settingsBase.Hash,
                Timeline = readers.Settings.Timeline,
                SettingsAreFresh = () => readers.Settings.IsFresh,
                MustStandAside = () => readers.Settings.Missing != null,
                LanesHaveJoined = () => host!.LanesHaveJoined,
                Replays = replays,
                Knowledge = readers.Knowledge,
                LabelledClicks = readers.LabelledClicks,
                KeepGroup = () => GroupRedis.Keep(redis.Redis.GetDatabase(), kept, log),
                Clock = clock,
                Log = log,
            };
            replays.Slowest = () => context.LogTimes.Slowest;
            var recorded = new RecordedSettings(settingsBase, file.Files, target);
            host = await CreateHostAsync(context, recorded, config, readers, view, secrets, cancel)
                .ConfigureAwait(false);
            // Return the 50 MB used to load lists, rules and models to the system before clicks need memory.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            host.Start();
            return host;
        }
        catch
        {
            readers?.Dispose();
            redis.Redis.Dispose();
            throw;
        }
    }

    /// <summary>Creates the deciders and all lanes, concurrently, as each lane waits for Kafka.</summary>
    private static async Task<EngineHost> CreateHostAsync(
        EngineContext context,
        RecordedSettings recorded,
        EngineConfig config,
        EngineReaders readers,
        StandingsView view,
        IReadOnlyList<byte[]> secrets,
        CancellationToken cancel
    )
    {
        IReadOnlyList<HostedWorkflow> hosted = Modules.CreateDeciders(new DeciderServices(secrets));
        var compiled = new CompiledSettings();
        var upkeep = new UpkeepServices(
            context.Keys,
            context.Timeline,
            view,
            context.Deliver.VerdictTtl,
            context.Clock
        );
        IEnumerable<Task<WorkflowLane>> workflows = hosted.Select(workflow =>
            Task.Run(
                () =>
                    new WorkflowLane(
                        context,
                        workflow,
                        compiled,
                        workflow.Module.CreateUpkeep(upkeep),
                        hosted.FirstOrDefault(one => one.Topic == workflow.Decider.Follows) is { } followed
                            ? new FollowedWorkflow(context, followed, compiled)
                            : null
                    ),
                cancel
            )
        );
        IEnumerable<Task<Lane>> lanes = Enumerable
            .Range(0, config.Lanes > 0 ? config.Lanes : Environment.ProcessorCount)
            .Select(i => Task.Run(() => new Lane(context, i), cancel));
        return new EngineHost(
            context,
            recorded,
            readers,
            view,
            secrets,
            hosted,
            compiled,
            await Task.WhenAll(lanes).ConfigureAwait(false),
            await Task.WhenAll(workflows).ConfigureAwait(false)
        );
    }

    private static SettingsBuilder BuilderOf(SettingsSnapshot settingsBase, SettingFiles files)
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
}
