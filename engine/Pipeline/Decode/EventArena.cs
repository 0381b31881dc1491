using System.Runtime.InteropServices;

namespace Engine.Pipeline.Decode;

/// <summary>Memory shared by the decoded events of one batch: points of paths, and texts that had escapes. A lane
/// resets it before each batch. Texts may point into it, as nothing moves while the batch is alive.</summary>
public sealed unsafe class EventArena : IDisposable
{
    private const int BlockBytes = 64 * 1024;

    private readonly List<(nint Start, int Size)> _blocks = [];
    private int _block,
        _used;

    /// <summary>Points of the batch's paths: times in ms since each path's first point, coordinates in CSS
    /// pixels.</summary>
    public float[] T = new float[4096],
        X = new float[4096],
        Y = new float[4096];

    /// <summary>The number of points in use.</summary>
    public int Points;

    /// <summary>Discards all contents but keeps the memory.</summary>
    public void Reset() => (Points, _block, _used) = (0, 0, 0);

    /// <summary>Allocates <paramref name="length"/> bytes, which stay in place until the next reset.</summary>
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

    /// <summary>Adds a point and returns its index.</summary>
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
