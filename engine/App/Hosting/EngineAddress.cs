namespace Engine.App.Hosting;

/// <summary>The addresses, group and prefix of an engine, from the command line and engine.yaml.</summary>
public sealed record EngineAddress(string Kafka, string Redis, string Group, string Prefix);
