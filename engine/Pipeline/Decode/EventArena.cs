using System.Runtime.InteropServices;

namespace Engine.Pipeline.Decode;

/// <summary>
/// What decoded events of one batch share: points of paths, and texts that had escapes. A lane resets it before each
/// batch; nothing in it moves while the batch lives, so texts may point into it.
/// </summary>
public sealed unsafe class EventArena : IDisposable
{
    private const int BlockBytes = 64 * 1024;

    private readonly List<(nint Start, int Size)> _blocks = [];
    private int _block,
        _used;

    /// <summary>
    /// Points of the batch's paths: times in ms from each path's first point, coordinates in CSS pixels.
    /// </summary>
    public float[] T = new float[4096],
        X = new float[4096],
        Y = new float[4096];

    /// <summary>How many points are in use.</summary>
    public int Points;

    /// <summary>Forgets everything; memory is kept.</summary>
    public void Reset() => (Points, _block, _used) = (0, 0, 0);

    /// <summary>Room for <paramref name="length"/> bytes that stay where they are until the next reset.</summary>
    public byte* Take(int length)
    {
        while (true)
        {
            if (_block == _blocks.Count)
            {
                int size = Math.Max(BlockBytes, length);
                _blocks.Add(((nint)NativeMemory.Alloc((nuint)size), size));
            }
            (nint start, int available) = _blocks[_block];
            if (available - _used >= length)
            {
                byte* taken = (byte*)start + _used;
                _used += length;
                return taken;
            }
            (_block, _used) = (_block + 1, 0);
        }
    }

    /// <summary>Adds a point; its index.</summary>
    public int AddPoint(double t, double x, double y)
    {
        if (Points == T.Length)
        {
            Array.Resize(ref T, Points * 2);
            Array.Resize(ref X, Points * 2);
            Array.Resize(ref Y, Points * 2);
        }
        (T[Points], X[Points], Y[Points]) = ((float)t, (float)x, (float)y);
        return Points++;
    }

    public void Dispose()
    {
        foreach ((nint start, _) in _blocks)
        {
            NativeMemory.Free((void*)start);
        }

        _blocks.Clear();
    }
}
