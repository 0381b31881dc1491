using System.Security.Cryptography;

namespace Models.Scoring;

/// <summary>
/// A trained model as one file: what scores, and all that is known of where it came from. Immutable; any number of
/// threads may use it.
/// </summary>
public sealed class Artefact
{
    private Artefact(ArtefactHeader header, Ensemble ensemble, string version)
    {
        Header = header;
        Ensemble = ensemble;
        Version = version;
    }

    /// <summary>Names, calibration, cut-off, sources, metrics.</summary>
    public ArtefactHeader Header { get; }

    /// <summary>"clicks" or "cursor".</summary>
    public string Kind => Header.Kind;

    /// <summary>What scores.</summary>
    public Ensemble Ensemble { get; }

    /// <summary>Its trees: all that scores clicks by the engine's own features.</summary>
    public Forest Forest => Ensemble.Forest;

    /// <summary>
    /// Kind and the first four hexadecimal digits of the file's SHA-256, as "clicks-77b0"; stands in verdicts.
    /// </summary>
    public string Version { get; }

    /// <summary>By column, name, unit and what is usual in people.</summary>
    public IReadOnlyList<ArtefactFeature> Features => Header.Features;

    /// <summary>Probability from which label 1 is said.</summary>
    public double CutOff => Header.CutOff;

    /// <summary>Makes an artefact of its parts.</summary>
    /// <exception cref="ArtefactException">Parts that don't fit each other.</exception>
    public static Artefact Create(ArtefactHeader header, Forest forest) => Create(header, new Ensemble(forest, []));

    /// <summary>The same where networks score beside the forest.</summary>
    /// <exception cref="ArtefactException">Parts that don't fit each other.</exception>
    public static Artefact Create(ArtefactHeader header, Ensemble ensemble) =>
        Load(ArtefactFile.Write(header, ensemble));

    /// <summary>Reads an artefact's file.</summary>
    /// <exception cref="ArtefactException">Not one, damaged or of another format; the message begins with the
    /// path.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static Artefact Load(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        try
        {
            return Load(bytes);
        }
        catch (ArtefactException e)
        {
            throw new ArtefactException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Reads an artefact from the bytes of its file.</summary>
    /// <exception cref="ArtefactException">Not one, damaged or of another format.</exception>
    public static Artefact Load(ReadOnlySpan<byte> bytes)
    {
        var (header, ensemble) = ArtefactFile.Read(bytes);
        string version = header.Kind + "-" + Convert.ToHexStringLower(SHA256.HashData(bytes))[..4];
        return new Artefact(header, ensemble, version);
    }

    /// <summary>Writes the artefact's file; loading it gives the same <see cref="Version"/>.</summary>
    public void Save(string path) => File.WriteAllBytes(path, ArtefactFile.Write(Header, Ensemble));

    /// <summary>The calibrated probability of label 1 (a program, an invalid click), within 0 to 1.</summary>
    /// <param name="raw">What <see cref="Ensemble"/> gave.</param>
    public double Probability(float raw) => Header.Calibration.Probability(raw);

    /// <summary>Fails unless the artefact wants exactly these features in this order: call it once, at start.</summary>
    /// <param name="names">What will be given, by column.</param>
    /// <exception cref="ArtefactException">They differ; the message shows both lists.</exception>
    public void RequireFeatures(IReadOnlyList<string> names)
    {
        string[] own = [.. Features.Select(f => f.Name)];
        if (own.SequenceEqual(names))
        {
            return;
        }

        int at = 0;
        while (at < own.Length && at < names.Count && own[at] == names[at])
        {
            at++;
        }

        throw new ArtefactException(
            $"{Version} doesn't fit this engine's features; they part at column {at}.\n  artefact ({own.Length}): "
                + $"{string.Join(", ", own)}\n"
                + $"  engine ({names.Count}): {string.Join(", ", names)}\nTrain the artefact again with this "
                + $"engine's features, or run the engine that it was trained for."
        );
    }
}
