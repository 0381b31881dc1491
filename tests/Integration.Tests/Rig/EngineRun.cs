using Tests.Support;

namespace Integration.Tests.Rig;

/// <summary>A finished run of one of the product's commands.</summary>
public sealed record CommandRun(int ExitCode, string Out, string Error)
{
    public override string ToString() => $"exit code {ExitCode}\n{Out}\n{Error}";
}

/// <summary>Runs the product's programs as processes: those that <c>make build</c> leaves and ENGINE_PROGRAMS names,
/// which start sooner, or else those beside the tests.</summary>
public static class Programs
{
    private static readonly string Folder = Environment.GetEnvironmentVariable("ENGINE_PROGRAMS")
        is { Length: > 0 } folder
        ? folder
        : AppContext.BaseDirectory;

    /// <summary>The repository's folder.</summary>
    public static string Checkout { get; } = FindCheckout();

    public static LiveProcess Start(string program, string? folder, params string[] arguments) =>
        StartWith([], program, folder, arguments);

    /// <summary>Starts a program with additional environment variables.</summary>
    public static LiveProcess StartWith(
        IEnumerable<(string Name, string? Value)> environment,
        string program,
        string? folder,
        params string[] arguments
    ) =>
        LiveProcess.Start(
            "dotnet",
            [Path.Combine(Folder, program + ".dll"), .. arguments],
            folder,
            [
                ("DOTNET_TieredPGO", "0"),
                ("OTEL_EXPORTER_OTLP_ENDPOINT", null),
                ("ASPNETCORE_URLS", null),
                .. environment,
            ]
        );

    public static Task<CommandRun> EngineAsync(params string[] arguments) => RunAsync("engine", null, arguments);

    public static Task<CommandRun> IngestAsync(params string[] arguments) => RunAsync("ingest", null, arguments);

    /// <summary>Runs a program to its end in a folder.</summary>
    public static async Task<CommandRun> RunAsync(
        string program,
        string? folder,
        string[] arguments,
        TimeSpan? within = null
    )
    {
        await using LiveProcess process = Start(program, folder, arguments);
        int code = await process.ExitAsync(within ?? TimeSpan.FromSeconds(90));
        return new CommandRun(code, process.Out, process.Error);
    }

    private static string FindCheckout()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder != null && !File.Exists(Path.Combine(folder.FullName, "Engine.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("Engine.sln isn't above this test");
    }
}

/// <summary>The engine.yaml of a test, as differences from the product's.</summary>
public sealed record EngineYaml
{
    private static readonly string ShippedSamples = Path.Combine(Programs.Checkout, "configs", "samples");

    /// <summary>The shortest session that a real broker accepts by default.</summary>
    public int SessionMs { get; init; } = 6000;
    public int ProgressMs { get; init; } = 100;
    public int Lanes { get; init; } = 2;
    public string Timestamps { get; init; } = "create";
    public string Settings { get; init; } = Path.Combine(Programs.Checkout, "configs", "settings");
    public bool Complete { get; init; }

    /// <summary>Whether lanes fetch clicks themselves; otherwise librdkafka does.</summary>
    public bool DirectFetch { get; init; } = true;

    /// <summary>Whether the settings include the sample traffic's sponsor, page, process and campaigns.</summary>
    public bool Samples { get; init; }

    /// <summary>Whether the shipped models score; otherwise only rule-based reasons decide.</summary>
    public bool Models { get; init; } = true;

    /// <summary>More of the section <c>deliver</c>.</summary>
    public string Deliver { get; init; } = "";
    public string More { get; init; } = "";

    public string Write(LiveFolder folder, string name = "engine.yaml") =>
        folder.Write(
            name,
            $$"""
            lanes: {{Lanes}}
            settings: {{(Models && !Samples ? Settings : Chosen(folder))}}
            samples: {{ShippedSamples}}
            files: [{{Path.Combine(Programs.Checkout, "configs", "lists")}}, {{Path.Combine(
                Programs.Checkout,
                "models",
                "Artifacts"
            )}}]
            topics: { timestamps: {{Timestamps}} }
            consume:
              progress_ms: {{ProgressMs}}
              session_timeout_ms: {{SessionMs}}
              direct_fetch: {{(DirectFetch ? "true" : "false")}}
              librdkafka: { heartbeat.interval.ms: "500" }
            deliver: { complete_verdicts: {{(Complete ? "true" : "false")}}, {{Deliver}} }
            {{More}}
            """
        );

    /// <summary>A folder with a copy of the selected settings, where a test may overwrite files.</summary>
    private string Chosen(LiveFolder folder)
    {
        IEnumerable<string> files = Directory.GetFiles(Settings, "*.yaml");
        if (Samples)
        {
            files = files.Concat(Directory.GetFiles(ShippedSamples, "*.yaml"));
        }

        foreach (string file in files.Where(file => Models || Path.GetFileName(file) != "models.yaml"))
        {
            folder.Write("settings/" + Path.GetFileName(file), File.ReadAllText(file));
        }

        return folder.File("settings");
    }
}

/// <summary>A running <c>engine run</c>.</summary>
public sealed class EngineRun : IAsyncDisposable
{
    private EngineRun(LiveProcess process) => Process = process;

    public LiveProcess Process { get; }

    /// <summary>The address of HTTP, <c>host:port</c>, once it runs.</summary>
    public string Http { get; private set; } = "";

    public static EngineRun Launch(string kafka, string redis, string config, params string[] more) =>
        LaunchWith([], kafka, redis, config, more);

    /// <summary>Starts an engine of another build.</summary>
    /// <param name="program">Its path, without the extension.</param>
    public static EngineRun LaunchBuild(string program, string kafka, string redis, string config) =>
        new(
            Programs.Start(
                program,
                null,
                ["run", "--kafka", kafka, "--redis", redis, "--config", config, "--http", "127.0.0.1:0"]
            )
        );

    /// <summary>Starts an engine and waits until it reports its HTTP address.</summary>
    public static Task<EngineRun> StartAsync(string kafka, string redis, string config, params string[] more) =>
        StartWithAsync([], kafka, redis, config, more);

    /// <summary>Starts an engine with additional environment variables.</summary>
    public static async Task<EngineRun> StartWithAsync(
        IEnumerable<(string Name, string? Value)> environment,
        string kafka,
        string redis,
        string config,
        params string[] more
    )
    {
        return await UpAsync(LaunchWith(environment, kafka, redis, config, more));
    }

    /// <summary>Waits until an engine of another build reports its HTTP address.</summary>
    public static Task<EngineRun> UpAsync(LiveProcess process) => UpAsync(new EngineRun(process));

    private static async Task<EngineRun> UpAsync(EngineRun run)
    {
        try
        {
            await run.IsUpAsync();
            return run;
        }
        catch
        {
            await run.DisposeAsync();
            throw;
        }
    }

    private static EngineRun LaunchWith(
        IEnumerable<(string Name, string? Value)> environment,
        string kafka,
        string redis,
        string config,
        string[] more
    ) =>
        new(
            Programs.StartWith(
                environment,
                "engine",
                null,
                [
                    .. (string[])["run", "--kafka", kafka, "--redis", redis, "--config", config],
                    .. more.Contains("--http") ? (string[])[] : ["--http", "127.0.0.1:0"],
                    .. more,
                ]
            )
        );

    public async Task IsUpAsync()
    {
        await Process.SaysAsync("HTTP http://");
        await LiveWait.UntilAsync("the line is whole", () =>
            Process
                .Error.Split('\n')
                .Any(line => line.Contains("HTTP http://") && line.EndsWith('\r') | Process.Error.EndsWith('\n'))
        );
        string error = Process.Error;
        int at = error.IndexOf("HTTP http://", StringComparison.Ordinal) + "HTTP http://".Length;
        Http = error[at..].Split('\n')[0].Trim();
    }

    /// <summary>Waits until a frozen instance notices that another took its partitions over.</summary>
    public Task NoticesThatItsPartitionsHaveGoneAsync() =>
        LiveWait.UntilAsync($"the zombie notices that its partitions have gone; it said {Process.Error}", () =>
            Process.Error.Contains("another instance owns it now", StringComparison.Ordinal)
            || Process.Error.Contains("released at offset", StringComparison.Ordinal)
        );

    /// <summary>Sends SIGTERM and waits for the end.</summary>
    public async Task<CommandRun> StopAsync()
    {
        Process.Signal(LiveProcess.Term);
        int code = await Process.ExitAsync();
        return new CommandRun(code, Process.Out, Process.Error);
    }

    public async Task<CommandRun> EndAsync(TimeSpan? within = null)
    {
        int code = await Process.ExitAsync(within);
        return new CommandRun(code, Process.Out, Process.Error);
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
