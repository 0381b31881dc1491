namespace Models.Training.Clicks;

/// <summary>Logistic regression over a click's keys: one weight for each field value and each pair of values, fitted
/// jointly, whereas histories consider one key at a time. The fewer clicks have a key, the more its weight is shrunk.
/// Stochastic gradient descent in a fixed random order.</summary>
internal sealed class ClickLogistic
{
    private const int Epochs = 15;

    /// <summary>The step size: 0.08 / (1 + 0.15 epochs); for the constant, a tenth of it.</summary>
    private const double Rate = 0.08,
        Slowing = 0.15,
        ConstantShare = 0.1;

    private const int Seed = 7;

    private readonly Dictionary<string, int> _ids = [];
    private readonly List<double> _weights = [];

    private ClickLogistic() { }

    /// <summary>The log-odds of a click with only unknown keys.</summary>
    public double Constant { get; private set; }

    /// <summary>The keys and their log-odds.</summary>
    public IEnumerable<KeyValuePair<string, double>> LogOdds =>
        _ids.Select(id => KeyValuePair.Create(id.Key, _weights[id.Value]));

    /// <summary>Fits a regression to clicks and their labels.</summary>
    /// <param name="l2">The penalty on weights, in clicks: a key seen that often gets half the weight it would have
    /// alone.</param>
    public static ClickLogistic Fit(IReadOnlyList<(ClickRecord Click, bool Bad)> clicks, double l2)
    {
        var made = new ClickLogistic();
        int[][] keys = [.. clicks.Select(c => ClickHistories.LinearKeys(c.Click).Select(made.IdOf).ToArray())];
        var seen = new double[made._ids.Count];
        foreach (int key in keys.SelectMany(k => k))
        {
            seen[key]++;
        }

        made._weights.AddRange(made.Descend(clicks, keys, seen, l2));
        return made;
    }

    private double[] Descend(
        IReadOnlyList<(ClickRecord Click, bool Bad)> clicks,
        int[][] keys,
        double[] seen,
        double l2
    )
    {
        var random = new Random(Seed);
        var weights = new double[seen.Length];
        int[] order = [.. Enumerable.Range(0, clicks.Count)];
        for (int epoch = 0; epoch < Epochs; epoch++)
        {
            random.Shuffle(order);
            double rate = Rate / (1 + (epoch * Slowing));
            foreach (int i in order)
            {
                double sum = Constant;
                foreach (int key in keys[i])
                {
                    sum += weights[key];
                }

                double gradient = (1 / (1 + Math.Exp(-sum))) - (clicks[i].Bad ? 1 : 0);
                Constant -= rate * ConstantShare * gradient;
                foreach (int key in keys[i])
                {
                    weights[key] -= rate * (gradient + (l2 * weights[key] / seen[key]));
                }
            }
        }

        return weights;
    }

    private int IdOf(string key)
    {
        if (!_ids.TryGetValue(key, out int id))
        {
            _ids[key] = id = _ids.Count;
        }

        return id;
    }
}
