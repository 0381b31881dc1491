using System.Runtime.Intrinsics;

namespace Engine.Pipeline.CursorPath.Geometry;

/// <summary>Places in a row, and the steps between them.</summary>
/// <param name="most">The most places.</param>
internal sealed class PlaceRow(int most)
{
    /// <summary>px, by place.</summary>
    public float[] X { get; } = Series.Room(most);

    /// <summary>px, by place.</summary>
    public float[] Y { get; } = Series.Room(most);

    /// <summary>px to the next place.</summary>
    public float[] Dx { get; } = Series.Room(most);

    /// <summary>px to the next place.</summary>
    public float[] Dy { get; } = Series.Room(most);

    /// <summary>How far the next place is, px.</summary>
    public float[] Step { get; } = Series.Room(most);

    /// <summary>Places; steps are one fewer.</summary>
    public int Count { get; set; }

    /// <summary>Takes every <paramref name="each"/>th place of another row, its last included.</summary>
    public void Thin(PlaceRow row, int each)
    {
        Count = ((row.Count - 1) / each) + 1;
        for (int j = 0, at = (row.Count - 1) % each; j < Count; j++, at += each)
        {
            (X[j], Y[j]) = (row.X[at], row.Y[at]);
        }

        Measure();
    }

    /// <summary>Makes the steps.</summary>
    public void Measure() => Measure(X, Y, Count, Dx, Dy, Step);

    /// <summary>From each of some places to the next, and how far that is.</summary>
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

    /// <summary>The angles between successive steps, rad: one fewer than steps.</summary>
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
