using System.Diagnostics;
using System.Text.Json;

namespace Engine.CommandLine;

/// <summary>
/// What <c>out/engine run</c> wrote of itself into <c>out/run.json</c>: the addresses of the Kafka and the Redis that
/// it hosts, for commands that were given none.
/// </summary>
/// <param name="Kafka">The broker, <c>host:port</c>.</param>
/// <param name="Redis">The Redis that takes the results, or null.</param>
/// <param name="Group">The consumer group, where the file tells it.</param>
/// <param name="Prefix">What stands before the keys in Redis, where the file tells it.</param>
/// <param name="Http">Where it serves HTTP, <c>host:port</c>, where the file tells it.</param>
public sealed record RunningEngine(string Kafka, string? Redis, string? Group, string Prefix, string? Http = null)
{
    /// <summary>
    /// The engine that runs here, or null. A file left behind by a process that has gone counts for nothing.
    /// </summary>
    public static RunningEngine? Find()
    {
        string beside = Path.Combine(AppContext.BaseDirectory, "run.json");
        string above = Path.Combine(AppContext.BaseDirectory, "..", "run.json");
        foreach (string file in new[] { Path.Combine("out", "run.json"), beside, above })
        {
            if (Read(file) is { } engine)
            {
                return engine;
            }
        }
        return null;
    }

    /// <summary>The address of Kafka: as named, else that of the engine that runs here.</summary>
    /// <exception cref="CommandException">There is neither.</exception>
    public static string KafkaOr(string? named) =>
        named
        ?? Find()?.Kafka
        ?? throw new CommandException(
            "No Kafka address: name one with --kafka HOST:PORT, or start out/engine run, which hosts a broker of "
                + "its own."
        );

    /// <summary>Reads one file; null where it isn't there, is no such file, or its process has gone.</summary>
    public static RunningEngine? Read(string file)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(file));
            JsonElement root = json.RootElement;
            if (!IsAlive(root.GetProperty("pid").GetInt32()))
            {
                return null;
            }

            if (Text(root, "kafka") is not { } kafka)
            {
                return null;
            }

            return new RunningEngine(
                kafka,
                Text(root, "redis"),
                Text(root, "group"),
                Text(root, "prefix") ?? "",
                Text(root, "http")
            );
        }
        catch (Exception error)
            when (error
                    is IOException
                        or UnauthorizedAccessException
                        or JsonException
                        or KeyNotFoundException
                        or InvalidOperationException
                        or FormatException
            )
        {
            return null;
        }
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static bool IsAlive(int pid)
    {
        try
        {
            using Process process = Process.GetProcessById(pid);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
