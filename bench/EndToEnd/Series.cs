using Confluent.Kafka;
using Engine.Client.Provisioning;
using Engine.Contracts;

namespace Bench.EndToEnd;

/// <summary>Runs contestants in turns on one log, so that a slow hour of the machine affects all of them.</summary>
internal sealed class Series : IDisposable
{
    private const int Rate = 20_000;
    private static readonly TimeSpan LeftOut = TimeSpan.FromSeconds(10),
        Within = TimeSpan.FromMinutes(6);

    private readonly Plan _plan;
    private readonly TimeProvider _clock = TimeProvider.System;
    private readonly string _folder = Directory.CreateTempSubdirectory("engine-bench-").FullName;
    private readonly Broker _broker;
    private readonly ManualResetEventSlim _pause = new();

    public Series(Plan plan)
    {
        _plan = plan;
        _broker = new Broker(plan.KafkaTool, _folder);
    }

    /// <summary>Measures all contestants on Redis, and the engine on the other stores, too.</summary>
    public List<Run> Throughput()
    {
        MakeTopic(Topics.Interactions);
        Console.Error.WriteLine($"bench: sending {_plan.Clicks:#,0} clicks");
        new Clicks(_clock).Send(_broker.Address, Topics.Interactions, _plan.Clicks);
        if (_plan.Runs > 0)
        {
            Watch("engine", _plan.Stores[0]); // the first run finds the broker cold, so it doesn't count
        }

        var runs = new List<Run>();
        for (int round = 0; round < _plan.Runs; round++)
        {
            foreach (string store in _plan.Stores)
            {
                foreach (
                    string contestant in Rotate(
                        store == "redis" ? _plan.Contestants : ["engine", .. _plan.Beside],
                        round
                    )
                )
                {
                    Run run = Watch(contestant, store);
                    runs.Add(run);
                    Console.Error.WriteLine(
                        $"bench: {run.Contestant} on {store}: {run.ClicksPerSecond:#,0} clicks/s, {run.CpuUs:0.00} "
                            + $"µs a click, broker {run.BrokerUs:0.00}, store {run.StoreUs:0.00} and "
                            + $"{run.StoreMb:0} MB, {run.PeakMb:0} MB {run.Process}"
                    );
                }
            }
        }

        return runs;
    }

    /// <summary>Measures all contestants at a fixed rate, each on its own topic. Polls for every hundredth verdict
    /// until it exists.</summary>
    public List<Latency> Latency()
    {
        // the first contestant finds the broker cold, so it runs twice, and its first run doesn't count
        string[] contestants = [_plan.Contestants[0], .. _plan.Contestants];
        var found = new List<Latency>();
        foreach (string contestant in contestants)
        {
            // The engine reads a single topic, so it first reads what the topic already contains.
            bool ours = _plan.EngineOf(contestant) != null;
            string topic = ours ? Topics.Interactions : "latency-" + contestant;
            if (!ours)
            {
                MakeTopic(topic);
            }

            using var store = new Store("redis", _plan.Root, _folder);
            using Contestant running = Start(contestant, topic, store);
            if (contestant == EngineSetup.Noteworthy)
            {
                // What the topic already contains has been read once its end is reached.
                WaitForEnd(store, running.Group, topic);
                found.Add(Certainty(contestant, running.Group, topic, $"l{found.Count}", store));
                continue;
            }

            Settle(
                store,
                ours
                    ? _plan.Clicks
                        + (long)found.Count(l => _plan.EngineOf(l.Contestant) != null) * Rate * _plan.LatencySeconds
                    : 0
            );
            found.Add(Sample(contestant, topic, $"l{found.Count}", store));
        }
        found.RemoveAt(0);
        return found;
    }

    /// <summary>Waits until a minimum number of verdicts exist, no more arrive, and the group has joined.</summary>
    private void Settle(Store store, long min)
    {
        long before = -1,
            size;
        for (int quiet = 0; quiet < 8; before = size)
        {
            _pause.Wait(1000);
            size = store.Size();
            quiet = size == before && size >= min ? quiet + 1 : 0;
        }
        // Not cleared, because the store also holds the engine's owner and progress keys.
    }

    private Latency Sample(string contestant, string topic, string ids, Store store)
    {
        var waiting = new List<(string Key, long Sent)>();
        var arriving = new System.Collections.Concurrent.ConcurrentQueue<(string, long)>();
        var times = new List<double>();
        Task sending = Task.Run(() =>
            new Clicks(_clock).Send(_broker.Address, topic, ids, Rate * _plan.LatencySeconds, Rate, (id, sent) =>
                arriving.Enqueue(("verdict:" + id, sent))
            )
        );
        long begin = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        long since = _clock.GetTimestamp();
        while (
            (!sending.IsCompleted || waiting.Count > 0 || !arriving.IsEmpty) && _clock.GetElapsedTime(since) < Within
        )
        {
            while (arriving.TryDequeue(out (string, long) one))
            {
                waiting.Add(one);
            }

            bool[] there = store.Exist([.. waiting.Select(one => one.Key)]);
            long now = _clock.GetUtcNow().ToUnixTimeMilliseconds();
            for (int i = there.Length - 1; i >= 0; i--)
            {
                if (!there[i])
                {
                    continue;
                }

                if (waiting[i].Sent - begin >= LeftOut.TotalMilliseconds)
                {
                    times.Add(now - waiting[i].Sent);
                }

                waiting.RemoveAt(i);
            }
            _pause.Wait(1);
        }
        sending.GetAwaiter().GetResult();
        if (waiting.Count > 0)
        {
            throw new TimeoutException($"{contestant}: {waiting.Count} verdicts never arrived");
        }

        return Quantiles(contestant, times);
    }

    private void WaitForEnd(Store store, string group, string topic)
    {
        using IConsumer<byte[], byte[]> consumer = new ConsumerBuilder<byte[], byte[]>(
            new ConsumerConfig { BootstrapServers = _broker.Address, GroupId = "bench-ends" }
        ).Build();
        long since = _clock.GetTimestamp();
        for (int partition = 0; partition < TopicProvisioner.DefaultPartitions; partition++)
        {
            long end = consumer.QueryWatermarkOffsets(new TopicPartition(topic, partition), Within).High;
            while (store.DecidedBefore(group, partition) < end)
            {
                if (_clock.GetElapsedTime(since) > Within)
                {
                    throw new TimeoutException($"{topic}-{partition} isn't decided to its end");
                }

                _pause.Wait(100);
            }
        }
    }

    /// <summary>Measures until a look-up that knows its click's offset is certain.</summary>
    private Latency Certainty(string contestant, string group, string topic, string ids, Store store)
    {
        var waiting = new List<(TopicPartitionOffset At, long Sent)>();
        var arriving = new System.Collections.Concurrent.ConcurrentQueue<(TopicPartitionOffset, long)>();
        var times = new List<double>();
        Task sending = Task.Run(() =>
            new Clicks(_clock).SendAt(_broker.Address, topic, ids, Rate * _plan.LatencySeconds, Rate, (at, sent) =>
                arriving.Enqueue((at, sent))
            )
        );
        long begin = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        long since = _clock.GetTimestamp();
        while (
            (!sending.IsCompleted || waiting.Count > 0 || !arriving.IsEmpty) && _clock.GetElapsedTime(since) < Within
        )
        {
            while (arriving.TryDequeue(out (TopicPartitionOffset, long) one))
            {
                waiting.Add(one);
            }

            long[] before =
            [
                .. Enumerable
                    .Range(0, TopicProvisioner.DefaultPartitions)
                    .Select(partition => store.DecidedBefore(group, partition)),
            ];
            long now = _clock.GetUtcNow().ToUnixTimeMilliseconds();
            times.AddRange(
                waiting
                    .Where(one => IsDecided(one) && one.Sent - begin >= LeftOut.TotalMilliseconds)
                    .Select(one => (double)(now - one.Sent))
            );
            waiting.RemoveAll(IsDecided);
            _pause.Wait(1);

            bool IsDecided((TopicPartitionOffset At, long) one) => before[one.At.Partition.Value] > one.At.Offset.Value;
        }

        sending.GetAwaiter().GetResult();
        if (waiting.Count > 0)
        {
            throw new TimeoutException($"{contestant}: {waiting.Count} clicks were never decided");
        }

        return Quantiles(contestant, times);
    }

    private static Latency Quantiles(string contestant, List<double> times)
    {
        times.Sort();
        double At(double share) => times[Math.Min(times.Count - 1, (int)(times.Count * share))];
        var latency = new Latency(contestant, At(0.5), At(0.99), At(0.999), times.Count);
        Console.Error.WriteLine($"bench: {latency}");
        return latency;
    }

    private Run Watch(string contestant, string store)
    {
        using var server = new Store(store, _plan.Root, _folder);
        using Contestant running = Start(contestant, Topics.Interactions, server);
        int every = store == "garnet" ? 500 : 20; // its DBSIZE scans
        (long count, long at, double own, double broker, double stored)? from = null;
        long since = _clock.GetTimestamp();
        while (true)
        {
            _pause.Wait(every);
            long count = Decided(contestant, running, server),
                now = _clock.GetTimestamp();
            running.CheckAlive();
            if (count < _plan.Clicks / 4 && _clock.GetElapsedTime(since) < Within)
            {
                continue;
            }

            double own = running.CpuUs,
                broker = Processes.CpuUs(_broker.ProcessId),
                stored = Processes.CpuUs(server.ProcessId);
            from ??= (count, now, own, broker, stored);
            if (count < _plan.Clicks * 0.95)
            {
                if (_clock.GetElapsedTime(since) > Within)
                {
                    throw new TimeoutException(
                        $"{contestant}: {count} of {_plan.Clicks} verdicts after {Within.TotalMinutes} minutes"
                    );
                }

                continue;
            }
            double clicks = count - from.Value.count,
                peak = running.PeakMb,
                used = store == "redis" ? server.UsedMb() : 0;
            string memoryReport = running.End();
            return new Run(
                contestant,
                store,
                clicks / _clock.GetElapsedTime(from.Value.at, now).TotalSeconds,
                (own - from.Value.own) / clicks,
                (broker - from.Value.broker) / clicks,
                (stored - from.Value.stored) / clicks,
                used,
                peak,
                memoryReport
            );
        }
    }

    /// <summary>The clicks that are decided: their verdicts or, where not all are written, what progress
    /// says.</summary>
    private static long Decided(string contestant, Contestant running, Store store) =>
        contestant == EngineSetup.Noteworthy
            ? Enumerable
                .Range(0, TopicProvisioner.DefaultPartitions)
                .Sum(partition => store.DecidedBefore(running.Group, partition))
            : store.Size();

    private Contestant Start(string contestant, string topic, Store store)
    {
        DeleteStandings();
        return new(_plan, contestant, _broker.Address, topic, store.Port, _folder);
    }

    /// <summary>Deletes the topic of standings. Every run is a new group, which would read and keep the sums of earlier
    /// runs, whereas an operator's group reads its own. The engine creates the topic again.</summary>
    private void DeleteStandings()
    {
        using IAdminClient admin = new AdminClientBuilder(
            new AdminClientConfig { BootstrapServers = _broker.Address }
        ).Build();
        if (!AreThere())
        {
            return;
        }

        admin.DeleteTopicsAsync([Topics.Standings]).GetAwaiter().GetResult();
        long since = _clock.GetTimestamp();
        while (AreThere())
        {
            if (_clock.GetElapsedTime(since) > Within)
            {
                throw new TimeoutException(
                    $"{Topics.Standings} still exists {Within.TotalMinutes} minutes after it was deleted"
                );
            }

            _pause.Wait(100);
        }

        bool AreThere() =>
            admin.GetMetadata(TimeSpan.FromSeconds(10)).Topics.Exists(topic => topic.Topic == Topics.Standings);
    }

    /// <summary>Rotates the contestants: the first one of a round pays for what the others find warm.</summary>
    private static IEnumerable<string> Rotate(string[] contestants, int round) =>
        contestants.Select((_, i) => contestants[(i + round) % contestants.Length]);

    private void MakeTopic(string topic) =>
        new TopicProvisioner(_broker.Address).EnsureAsync([topic], TopicTimestamps.CreateTime).GetAwaiter().GetResult();

    public void Dispose()
    {
        _broker.Dispose();
        _pause.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
