namespace Models.Training.Data;

/// <summary>Training or evaluation rows: features side by side, and what each row is.</summary>
public sealed class Rows(int features)
{
    private readonly List<float[]> _values = [];

    /// <summary>Values a row.</summary>
    public int Features { get; } = features;

    /// <summary>Rows.</summary>
    public int Count => _values.Count;

    /// <summary>By row, whether its label is 1.</summary>
    public List<bool> Positive { get; } = [];

    /// <summary>By row, its weight in training.</summary>
    public List<float> Weight { get; } = [];

    /// <summary>By row, "people/source" or the program's family.</summary>
    public List<string> Kind { get; } = [];

    /// <summary>By row, what must not be split: a person, a recording.</summary>
    public List<string> Group { get; } = [];

    /// <summary>A row's values.</summary>
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

    /// <summary>All rows with their first columns only.</summary>
    public Rows First(int columns)
    {
        var some = new Rows(columns);
        for (int i = 0; i < Count; i++)
        {
            some.Add(_values[i][..columns], Positive[i], Weight[i], Kind[i], Group[i]);
        }

        return some;
    }

    /// <summary>The rows that fit.</summary>
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
