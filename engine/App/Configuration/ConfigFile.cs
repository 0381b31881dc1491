using Engine.Pipeline.Settings;

namespace Engine.App.Configuration;

/// <summary>Where engine.yaml is found, and the folders that it names.</summary>
/// <param name="Path">The file; null where there is none, and defaults hold.</param>
public sealed record ConfigFile(string? Path, EngineConfig Config)
{
    /// <summary>
    /// The file that was named; else configs/engine.yaml here, or in the checkout that this program was built in.
    /// </summary>
    public static ConfigFile Find(string? named)
    {
        if (named != null)
        {
            return new ConfigFile(named, EngineConfig.Read(named));
        }

        string[] places =
        [
            System.IO.Path.Combine("configs", "engine.yaml"),
            System.IO.Path.Combine(AppContext.BaseDirectory, "..", "..", "configs", "engine.yaml"),
            System.IO.Path.Combine(AppContext.BaseDirectory, "configs", "engine.yaml"),
        ];
        string? found = places.FirstOrDefault(File.Exists);
        return found == null
            ? throw new ConfigException(
                "no configs/engine.yaml here, nor beside the program: name one with --config FILE"
            )
            : new ConfigFile(found, EngineConfig.Read(found));
    }

    /// <summary>Whether the sample traffic's records are in force, too.</summary>
    public bool WithSamples { get; init; }

    public string SamplesFolder => Beside(Config.Samples);

    /// <summary>Where records for a first start come from.</summary>
    public string[] SettingsFolders =>
        WithSamples ? [Beside(Config.Settings), SamplesFolder] : [Beside(Config.Settings)];

    public SettingFiles Files => new([.. Config.Files.Select(Beside)]);

    public IReadOnlyList<string> SigningKeys => [.. Config.SigningKeys.Select(Beside)];

    private string Beside(string path) =>
        System.IO.Path.GetFullPath(
            System.IO.Path.Combine(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path!))!, path)
        );
}
