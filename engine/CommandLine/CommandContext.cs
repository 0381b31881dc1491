namespace Engine.CommandLine;

/// <summary>What a command talks to besides Kafka, so that tests can look on.</summary>
/// <param name="Out">Where results go.</param>
/// <param name="Error">Where progress and errors go.</param>
/// <param name="Time">The clock.</param>
/// <param name="IsTerminal">Whether a person reads <paramref name="Error"/> as it is written.</param>
public sealed record CommandContext(TextWriter Out, TextWriter Error, TimeProvider Time, bool IsTerminal);
