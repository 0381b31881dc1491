namespace Engine.App.Hosting;

/// <summary>Where an engine runs: addresses, group and prefix, as the command line and engine.yaml have them.</summary>
public sealed record EngineAddress(string Kafka, string Redis, string Group, string Prefix);
