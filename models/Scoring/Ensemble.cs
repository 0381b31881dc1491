using System.Runtime.CompilerServices;

namespace Models.Scoring;

/// <summary>
/// A forest and any number of networks over the same features, scores added up. Immutable and free of state: any number
/// of threads may score at once; 16 and more rows at once, one row, and the plain twin are equal bit for bit.
/// </summary>
public sealed class Ensemble
{
    private const int Together = 64;

    private readonly Network[] _networks;

    /// <param name="forest">What reasons are taken from.</param>
    /// <param name="networks">None or more.</param>
    /// <exception cref="ArtefactException">They take other numbers of features.</exception>
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

    /// <summary>The trees' part.</summary>
    public Forest Forest { get; }

    /// <summary>The networks' parts.</summary>
    public IReadOnlyList<Network> Networks => _networks;

    /// <summary>
    /// The raw scores of rows in columns: value of feature f in row r at <c>columns[f * stride + r]</c>.
    /// </summary>
    /// <param name="columns">At least (features - 1) * stride + rows values.</param>
    /// <param name="stride">From one feature's first row to the next one's, in values; at least
    /// <paramref name="rows"/>.</param>
    /// <param name="rows">0 or more.</param>
    /// <param name="raw">Log-odds, one a row.</param>
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

    /// <summary>The raw score of one row whose values lie side by side, log-odds.</summary>
    /// <param name="row">A value a feature.</param>
    public float Score(ReadOnlySpan<float> row)
    {
        float raw = Forest.Score(row);
        foreach (Network network in _networks)
        {
            raw += network.Score(row);
        }

        return raw;
    }

    /// <summary>The safe twin of both.</summary>
    /// <param name="row">A value a feature.</param>
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
