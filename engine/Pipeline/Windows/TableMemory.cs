namespace Engine.Pipeline.Windows;

/// <summary>
/// Memory of a table that grows by pieces of one size and gives none back before its end. The first piece stands alone, for most tables of a small
/// log need no other; further ones are cut from large pages, eight at a time, so that little is left over where a piece doesn't divide one. A page is
/// only had once a piece of it is used.
/// </summary>
/// <param name="pieceBytes">Of one piece, a multiple of a cache line; 2 MB at most.</param>
internal sealed unsafe class TableMemory(int pieceBytes) : IDisposable
{
    private const int PagesAtOnce = 8;

    private readonly List<nint> _blocks = [];
    private byte* _free;
    private int _left;

    /// <summary>A further piece, not cleared.</summary>
    public byte* Take()
    {
        if (_left < pieceBytes)
        {
            _left = _blocks.Count == 0 ? pieceBytes : PagesAtOnce * HugePages.Bytes;
            _free = (byte*)HugePages.Allocate((nuint)_left);
            _blocks.Add((nint)_free);
        }
        byte* piece = _free;
        _free += pieceBytes;
        _left -= pieceBytes;
        return piece;
    }

    public void Dispose()
    {
        foreach (nint block in _blocks) HugePages.Free((void*)block);
        _blocks.Clear();
        _left = 0;
    }
}
