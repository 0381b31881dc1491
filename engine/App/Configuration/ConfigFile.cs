using Engine.Pipeline.Settings;

namespace Engine.App.Configuration;

/// <summary>Finds engine.yaml and the folders that it names.</summary>
/// <param name="Path">The file, or null if there is none and defaults apply.</param>
public sealed record ConfigFile(string? Path, EngineConfig Config)
{
    /// <summary>Finds the given file, otherwise configs/engine.yaml here or in the checkout that this program was built
    /// in.</summary>
    public static ConfigFile Find(string? given)
    {
        if (given != null)
        {
            return new ConfigFile(given, EngineConfig.Read(given));
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
                "no configs/engine.yaml here, nor beside the program: give one with --config FILE"
            )
            : new ConfigFile(found, EngineConfig.Read(found));
    }

    /// <summary>Whether the sample traffic's records are loaded too.</summary>
    public bool WithSamples { get; init; }

    public string SamplesFolder => Beside(Config.Samples);

    /// <summary>The folders of settings for a first start.</summary>
    public string[] SettingsFolders =>
        WithSamples ? [Beside(Config.Settings), SamplesFolder] : [Beside(Config.Settings)];

    public SettingFiles Files => new([.. Config.Files.Select(Beside)]);

    public IReadOnlyList<string> SigningKeys => [.. Config.SigningKeys.Select(Beside)];

    private string Beside(string path) =>
        System.IO.Path.GetFullPath(
            System.IO.Path.Combine(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path!))!, path)
        );
}
