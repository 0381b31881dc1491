using System.Runtime.CompilerServices;

namespace Models.Scoring;

/// <summary>A forest and any number of networks over the same features, whose scores are added. Immutable, stateless
/// and thread-safe. Scores of 16 or more rows at once, of one row, and of the plain twin are bitwise equal.</summary>
public sealed class Ensemble
{
    private const int Together = 64;

    private readonly Network[] _networks;

    /// <param name="forest">The forest; reasons are derived from it.</param>
    /// <param name="networks">The networks, if any.</param>
    /// <exception cref="ArtefactException">The parts have different numbers of features.</exception>
    public Ensemble(Forest forest, IReadOnlyList<Network> networks)
    {
        if (networks.FirstOrDefault(n => n.Features != forest.Features) is { } other)
        {
            throw new ArtefactException(
                $"The forest takes {forest.Features} features and a network {other.Features}. Train the artefact again."
            );
        }

        (Forest, _networks) = (forest, [.. networks]);
    }

    /// <summary>The trees.</summary>
    public Forest Forest { get; }

    /// <summary>The networks.</summary>
    public IReadOnlyList<Network> Networks => _networks;

    /// <summary>Computes the raw scores of rows in columns: the value of feature f in row r is at <c>columns[f * stride
    /// + r]</c>.</summary>
    /// <param name="columns">At least (features - 1) * stride + rows values.</param>
    /// <param name="stride">The distance between two features' first rows, in values; at least <paramref
    /// name="rows"/>.</param>
    /// <param name="rows">The number of rows, 0 or more.</param>
    /// <param name="raw">The log-odds, one per row.</param>
    [SkipLocalsInit]
    public void Score(ReadOnlySpan<float> columns, int stride, int rows, Span<float> raw)
    {
        Forest.Score(columns, stride, rows, raw);
        Span<float> scores = stackalloc float[Together];
        for (int from = 0; from < rows && _networks.Length > 0; from += Together)
        {
            int some = Math.Min(Together, rows - from);
            foreach (Network network in _networks)
            {
                network.Score(columns[from..], stride, some, scores);
                for (int i = 0; i < some; i++)
                {
                    raw[from + i] += scores[i];
                }
            }
        }
    }

    /// <summary>Computes the raw score, in log-odds, of one row with contiguous values.</summary>
    /// <param name="row">One value per feature.</param>
    public float Score(ReadOnlySpan<float> row)
    {
        float raw = Forest.Score(row);
        foreach (Network network in _networks)
        {
            raw += network.Score(row);
        }

        return raw;
    }

    /// <summary>Computes the same score without vector instructions: the safe twin of both.</summary>
    /// <param name="row">One value per feature.</param>
    public float ScoreScalar(ReadOnlySpan<float> row)
    {
        float raw = Forest.ScoreScalar(row);
        foreach (Network network in _networks)
        {
            raw += network.ScoreScalar(row);
        }

        return raw;
    }
}
