namespace Engine.Pipeline.Windows;

/// <summary>
/// Memory of a table that grows by pieces of one size and gives none back before its end. The first piece stands alone, for most tables of a small
/// log need no other; further ones share large pages.
/// </summary>
/// <param name="pieceBytes">Of one piece, a multiple of a cache line; 2 MB at most.</param>
internal sealed unsafe class TableMemory(int pieceBytes) : IDisposable
{
    private readonly List<nint> _pages = [];
    private byte* _free;
    private int _left;

    /// <summary>A further piece, not cleared.</summary>
    public byte* Take()
    {
        if (_left < pieceBytes)
        {
            _left = _pages.Count == 0 ? pieceBytes : HugePages.Bytes;
            _free = (byte*)HugePages.Allocate((nuint)_left);
            _pages.Add((nint)_free);
        }
        byte* piece = _free;
        _free += pieceBytes;
        _left -= pieceBytes;
        return piece;
    }

    public void Dispose()
    {
        foreach (nint page in _pages) HugePages.Free((void*)page);
        _pages.Clear();
        _left = 0;
    }
}
