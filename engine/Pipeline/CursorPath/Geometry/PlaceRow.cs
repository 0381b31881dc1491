using System.Runtime.Intrinsics;

namespace Engine.Pipeline.CursorPath.Geometry;

/// <summary>A row of positions, and the steps between them.</summary>
/// <param name="capacity">The maximum number of positions.</param>
internal sealed class PlaceRow(int capacity)
{
    /// <summary>The x of each position, px.</summary>
    public float[] X { get; } = Series.Room(capacity);

    /// <summary>The y of each position, px.</summary>
    public float[] Y { get; } = Series.Room(capacity);

    /// <summary>The step in x to the next position, px.</summary>
    public float[] Dx { get; } = Series.Room(capacity);

    /// <summary>The step in y to the next position, px.</summary>
    public float[] Dy { get; } = Series.Room(capacity);

    /// <summary>The distance to the next position, px.</summary>
    public float[] Step { get; } = Series.Room(capacity);

    /// <summary>The number of positions; there is one step fewer.</summary>
    public int Count { get; set; }

    /// <summary>Copies every <paramref name="each"/>th position of another row, including its last.</summary>
    public void Thin(PlaceRow row, int each)
    {
        Count = ((row.Count - 1) / each) + 1;
        for (int j = 0, at = (row.Count - 1) % each; j < Count; j++, at += each)
        {
            (X[j], Y[j]) = (row.X[at], row.Y[at]);
        }

        Measure();
    }

    /// <summary>Computes the steps.</summary>
    public void Measure() => Measure(X, Y, Count, Dx, Dy, Step);

    /// <summary>Computes the steps from each position to the next, and their lengths.</summary>
    public static void Measure(float[] x, float[] y, int count, float[] dx, float[] dy, float[] step)
    {
        for (int i = 0; i < count - 1; i += Series.Width)
        {
            Vector512<float> stepX = Series.Load(x, i + 1) - Series.Load(x, i),
                stepY = Series.Load(y, i + 1) - Series.Load(y, i);
            Series.Store(stepX, dx, i);
            Series.Store(stepY, dy, i);
            Series.Store(Vector512.Sqrt((stepX * stepX) + (stepY * stepY)), step, i);
        }
    }

    /// <summary>Computes the angles between successive steps, rad: one fewer than steps.</summary>
    public static void Turns(float[] dx, float[] dy, int steps, float[] turns)
    {
        for (int i = 0; i < steps - 1; i += Series.Width)
        {
            Series.Store(
                Angles.Between(Series.Load(dx, i), Series.Load(dy, i), Series.Load(dx, i + 1), Series.Load(dy, i + 1)),
                turns,
                i
            );
        }
    }
}
