using System.Diagnostics;
using System.Text.Json;

namespace Engine.CommandLine;

/// <summary>The addresses that <c>out/engine run</c> writes to <c>out/run.json</c>: the Kafka and the Redis that it
/// hosts. Commands use them when no address is given.</summary>
/// <param name="Kafka">The broker, <c>host:port</c>.</param>
/// <param name="Redis">The Redis that stores the results, or null.</param>
/// <param name="Group">The consumer group, if the file has it.</param>
/// <param name="Prefix">The prefix of the keys in Redis, if the file has it.</param>
/// <param name="Http">The address where it serves HTTP, <c>host:port</c>, if the file has it.</param>
public sealed record RunningEngine(string Kafka, string? Redis, string? Group, string Prefix, string? Http = null)
{
    /// <summary>Whether the engine hosts this Kafka, which is then reached without security.</summary>
    public bool OwnsKafka { get; init; }

    /// <summary>Whether the engine hosts this Redis, which is then reached without security.</summary>
    public bool OwnsRedis { get; init; }

    /// <summary>Finds the engine that runs here, or null. Ignores a file left by a process that has exited.</summary>
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

    /// <summary>Gets the address of Kafka: the given one, otherwise that of the engine that runs here.</summary>
    /// <exception cref="CommandException">There is neither.</exception>
    public static string KafkaOr(string? given) =>
        given
        ?? Find()?.Kafka
        ?? throw new CommandException(
            "No Kafka address: give one with --kafka HOST:PORT, or start out/engine run, which hosts a broker of "
                + "its own."
        );

    /// <summary>Reads one file. Returns null if it is absent or invalid, or if its process has exited.</summary>
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
            )
            {
                OwnsKafka = IsTrue(root, "own_kafka"),
                OwnsRedis = IsTrue(root, "own_redis"),
            };
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

    private static bool IsTrue(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;

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
