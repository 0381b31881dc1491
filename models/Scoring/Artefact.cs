using System.Security.Cryptography;

namespace Models.Scoring;

/// <summary>A trained model in one file: the scoring ensemble and its provenance. Immutable and thread-safe.</summary>
public sealed class Artefact
{
    private Artefact(ArtefactHeader header, Ensemble ensemble, string version)
    {
        Header = header;
        Ensemble = ensemble;
        Version = version;
    }

    /// <summary>The names, calibration, cut-off, sources and metrics.</summary>
    public ArtefactHeader Header { get; }

    /// <summary>"clicks" or "cursor".</summary>
    public string Kind => Header.Kind;

    /// <summary>The forest and the networks that score.</summary>
    public Ensemble Ensemble { get; }

    /// <summary>The trees. For clicks with the engine's own features, they are the whole ensemble.</summary>
    public Forest Forest => Ensemble.Forest;

    /// <summary>The kind and the first four hexadecimal digits of the file's SHA-256, such as "clicks-77b0". Verdicts
    /// contain it.</summary>
    public string Version { get; }

    /// <summary>The features by column: name, unit and the usual range in people.</summary>
    public IReadOnlyList<ArtefactFeature> Features => Header.Features;

    /// <summary>The probability from which label 1 is predicted.</summary>
    public double CutOff => Header.CutOff;

    /// <summary>What several paths of one visitor say; null in artefacts that don't know it.</summary>
    public ArtefactSeries? Series => Header.Series;

    /// <summary>Creates an artefact from its parts.</summary>
    /// <exception cref="ArtefactException">The parts don't fit together.</exception>
    public static Artefact Create(ArtefactHeader header, Forest forest) => Create(header, new Ensemble(forest, []));

    /// <summary>Creates an artefact with networks beside the forest.</summary>
    /// <exception cref="ArtefactException">The parts don't fit together.</exception>
    public static Artefact Create(ArtefactHeader header, Ensemble ensemble) =>
        Load(ArtefactFile.Write(header, ensemble));

    /// <summary>Loads an artefact from a file.</summary>
    /// <exception cref="ArtefactException">The file isn't an artefact, is damaged or has another format. The message
    /// begins with the path.</exception>
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

    /// <summary>Loads an artefact from the bytes of its file.</summary>
    /// <exception cref="ArtefactException">The bytes aren't an artefact, are damaged or have another
    /// format.</exception>
    public static Artefact Load(ReadOnlySpan<byte> bytes)
    {
        var (header, ensemble) = ArtefactFile.Read(bytes);
        string version = header.Kind + "-" + Convert.ToHexStringLower(SHA256.HashData(bytes))[..4];
        return new Artefact(header, ensemble, version);
    }

    /// <summary>Saves the artefact. A loaded copy has the same <see cref="Version"/>.</summary>
    public void Save(string path) => File.WriteAllBytes(path, ArtefactFile.Write(Header, Ensemble));

    /// <summary>Gets the calibrated probability of label 1 (a program, an invalid click), within 0 to 1.</summary>
    /// <param name="raw">The score from <see cref="Ensemble"/>.</param>
    public double Probability(float raw) => Header.Calibration.Probability(raw);

    /// <summary>Gets the calibrated log-odds of label 1.</summary>
    /// <param name="raw">The score from <see cref="Ensemble"/>.</param>
    public double LogOdds(float raw) => Header.Calibration.LogOddsOf(raw);

    /// <summary>Throws unless the artefact uses exactly these features in this order. Call it once at
    /// startup.</summary>
    /// <param name="names">The features that will be supplied, by column.</param>
    /// <exception cref="ArtefactException">They differ. The message shows both lists.</exception>
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
            $"{Version} doesn't fit this engine's features; they differ at column {at}.\n  artefact ({own.Length}): "
                + $"{string.Join(", ", own)}\n"
                + $"  engine ({names.Count}): {string.Join(", ", names)}\nTrain the artefact again with this "
                + $"engine's features, or run the engine that it was trained for."
        );
    }
}
