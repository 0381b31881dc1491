namespace Engine.CommandLine;

/// <summary>A command's surroundings other than Kafka, which tests replace.</summary>
/// <param name="Out">The writer for results.</param>
/// <param name="Error">The writer for progress and errors.</param>
/// <param name="Time">The clock.</param>
/// <param name="IsTerminal">Whether <paramref name="Error"/> is an interactive terminal.</param>
public sealed record CommandContext(TextWriter Out, TextWriter Error, TimeProvider Time, bool IsTerminal);
