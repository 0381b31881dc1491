namespace Models.Training.Data;

/// <summary>Rows for training or evaluation, with their labels, weights and origins.</summary>
public sealed class Rows(int features)
{
    private readonly List<float[]> _values = [];

    /// <summary>The number of values per row.</summary>
    public int Features { get; } = features;

    /// <summary>The number of rows.</summary>
    public int Count => _values.Count;

    /// <summary>Whether the label is 1, by row.</summary>
    public List<bool> Positive { get; } = [];

    /// <summary>The training weight, by row.</summary>
    public List<float> Weight { get; } = [];

    /// <summary>"people/source" or the program's family, by row.</summary>
    public List<string> Kind { get; } = [];

    /// <summary>What must not be split, by row: a person or a recording.</summary>
    public List<string> Group { get; } = [];

    /// <summary>Gets a row's values.</summary>
    public float[] this[int row] => _values[row];

    /// <summary>Adds a row.</summary>
    public void Add(float[] values, bool positive, float weight, string kind, string group)
    {
        _values.Add(values);
        Positive.Add(positive);
        Weight.Add(weight);
        Kind.Add(kind);
        Group.Add(group);
    }

    /// <summary>Copies all rows, with only their first columns.</summary>
    public Rows First(int columns)
    {
        var some = new Rows(columns);
        for (int i = 0; i < Count; i++)
        {
            some.Add(_values[i][..columns], Positive[i], Weight[i], Kind[i], Group[i]);
        }

        return some;
    }

    /// <summary>Copies the rows that satisfy a predicate.</summary>
    public Rows Where(Func<int, bool> fits)
    {
        var some = new Rows(Features);
        for (int i = 0; i < Count; i++)
        {
            if (fits(i))
            {
                some.Add(_values[i], Positive[i], Weight[i], Kind[i], Group[i]);
            }
        }

        return some;
    }
}
