using Engine.Configuration.Connections;
using Engine.Partitions.Kafka;

namespace Engine.App.Hosting;

/// <summary>The Kafka, Redis, group and prefix of an engine, from the command line and engine.yaml.</summary>
public sealed record EngineAddress(KafkaTarget Kafka, RedisServers Redis, string Group, string Prefix);
