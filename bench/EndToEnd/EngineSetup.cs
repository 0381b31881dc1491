namespace Bench.EndToEnd;

/// <summary>The engine as it is measured: its engine.yaml, with the settings beside it.</summary>
internal static class EngineSetup
{
    /// <summary>Everything is evaluated, and the benchmark's traffic is clean.</summary>
    public const string Clean = "engine";

    /// <summary>The shipped settings: to them, the benchmark's traffic is an attack.</summary>
    public const string Attack = "attack";

    /// <summary>Every tenth click has a reason.</summary>
    public const string Tenth = "tenth";

    /// <summary>As <see cref="Tenth"/>, and plain verdicts aren't written.</summary>
    public const string Noteworthy = "noteworthy";

    /// <summary>The setups that <c>SETUPS</c> may name.</summary>
    public static readonly string[] All = [Attack, Tenth, Noteworthy];

    /// <summary>Writes the engine.yaml of a setup. Returns its path.</summary>
    /// <param name="root">The root of the checkout.</param>
    /// <param name="folder">A folder of the benchmark's own.</param>
    public static string Write(string setup, string root, string folder)
    {
        string own = Directory.CreateDirectory(Path.Combine(folder, setup, "settings")).FullName,
            from = setup == Attack
                ? Path.Combine(root, "configs", "settings")
                : Path.Combine(root, "bench", "EndToEnd", "settings");
        foreach (string file in Directory.GetFiles(from, "*.yaml"))
        {
            File.Copy(file, Path.Combine(own, Path.GetFileName(file)), overwrite: true);
        }

        if (setup is Tenth or Noteworthy)
        {
            // Clicks lie anywhere on a page of 1,280 pixels.
            File.WriteAllText(
                Path.Combine(own, "tenth.yaml"),
                "rule/tenth: { when: \"click.x < 128\", then: { class: suspect, action: flag } }\n"
            );
        }

        string yaml = Path.Combine(folder, setup, "engine.yaml");
        File.WriteAllText(
            yaml,
            $"""
            settings: settings
            files: [{Path.Combine(root, "configs", "lists")}, {Path.Combine(root, "models", "Artifacts")}]
            lanes: {(setup == Plan.TwoEngines ? 1 : 0)}
            deliver: {"{"} verdicts: {(setup == Noteworthy ? "noteworthy" : "all")} {"}"}

            """
        );
        return yaml;
    }
}
