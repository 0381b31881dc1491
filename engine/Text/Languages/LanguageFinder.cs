using Lingua;

namespace Engine.Text.Languages;

/// <summary>Finds the language that a text is most likely written in, by its script and by how often sequences of up to
/// three letters occur in each language (Lingua, without its models of longer ones). The same text gives the same
/// language. Short texts are often ambiguous. Thread-safe; the models are read when a text first needs
/// them.</summary>
public static class LanguageFinder
{
    /// <summary>As many letters tell languages apart; more take longer.</summary>
    private const int MaxUnits = 1_000;

    /// <summary>The project file names their models, too.</summary>
    private static readonly Language[] Languages =
    [
        Language.Arabic,
        Language.Bokmal,
        Language.Bulgarian,
        Language.Chinese,
        Language.Czech,
        Language.Danish,
        Language.Dutch,
        Language.English,
        Language.Finnish,
        Language.French,
        Language.German,
        Language.Greek,
        Language.Hebrew,
        Language.Hindi,
        Language.Hungarian,
        Language.Indonesian,
        Language.Italian,
        Language.Japanese,
        Language.Korean,
        Language.Persian,
        Language.Polish,
        Language.Portuguese,
        Language.Romanian,
        Language.Russian,
        Language.Spanish,
        Language.Swedish,
        Language.Thai,
        Language.Turkish,
        Language.Ukrainian,
        Language.Vietnamese,
    ];

    private static readonly Lazy<LanguageDetector> Detector = new(() =>
        LanguageDetectorBuilder.FromLanguages(Languages).WithLowAccuracyMode().Build()
    );

    /// <summary>The codes of the languages that are told apart (ISO 639-1).</summary>
    public static IReadOnlyList<string> Codes { get; } = [.. Languages.Select(CodeOf)];

    /// <summary>The code of the language (ISO 639-1); empty if none can be told.</summary>
    public static string Find(string text)
    {
        Language language = Detector.Value.DetectLanguageOf(text.Length <= MaxUnits ? text : text[..MaxUnits]);
        return language == Language.Unknown ? "" : CodeOf(language);
    }

    private static string CodeOf(Language language) => language.IsoCode6391().ToString().ToLowerInvariant();
}
