namespace Engine.Primitives;

/// <summary>Memory for a table that grows by pieces of one size and frees them only when disposed. The first piece is
/// allocated alone, as most tables of a small log need no other. Further pieces are cut from blocks of eight huge
/// pages, so little is wasted if a piece doesn't divide a page. A page is populated only when a piece of it is used or
/// soon will be: the next page is pre-faulted when an eighth of one is left.</summary>
/// <param name="pieceBytes">The size of a piece, a multiple of a cache line; at most 2 MB.</param>
public sealed unsafe class TableMemory(int pieceBytes) : IDisposable
{
    private const int PagesAtOnce = 8,
        BlockBytes = PagesAtOnce * HugePages.Bytes;

    private readonly int _prefaultDistance = Math.Max(pieceBytes, HugePages.Bytes / 8);
    private readonly List<nint> _blocks = [];
    private byte* _free;
    private int _left;

    /// <summary>The first page that hasn't been pre-faulted, and the next block, once all pages of this one have
    /// been.</summary>
    private byte* _nextToPrefault,
        _nextBlock;

    /// <summary>Takes a piece, which isn't cleared.</summary>
    public byte* Take()
    {
        if (_blocks.Count == 0)
        {
            return Block(pieceBytes);
        }

        if (_left < pieceBytes)
        {
            if (_nextBlock == null)
            {
                _nextToPrefault = (_nextBlock = Block(BlockBytes)) + HugePages.Bytes;
            }

            _free = _nextBlock;
            _left = BlockBytes;
            _nextBlock = null;
        }
        byte* piece = _free;
        _free += pieceBytes;
        _left -= pieceBytes;
        if (_nextBlock == null && _nextToPrefault - _free < _prefaultDistance)
        {
            PrefaultNext();
        }

        return piece;
    }

    private void PrefaultNext()
    {
        if (_nextToPrefault == _free + _left)
        {
            _nextToPrefault = _nextBlock = Block(BlockBytes);
        }

        PagePrefaulter.Prefault(_nextToPrefault, HugePages.Bytes);
        _nextToPrefault += HugePages.Bytes;
    }

    private byte* Block(int bytes)
    {
        byte* block = (byte*)HugePages.Allocate((nuint)bytes);
        _blocks.Add((nint)block);
        return block;
    }

    public void Dispose()
    {
        foreach (nint block in _blocks)
        {
            HugePages.Free((void*)block);
        }

        _blocks.Clear();
        _left = 0;
        _nextBlock = null;
    }
}
