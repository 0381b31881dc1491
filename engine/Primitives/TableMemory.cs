namespace Engine.Primitives;

/// <summary>
/// Memory of a table that grows by pieces of one size and gives none back before its end. The first piece stands alone,
/// for most tables of a small log need no other; further ones are cut from large pages, eight at a time, so that little
/// is left over where a piece doesn't divide one. A page is only had once a piece of it is used, or soon will be: the
/// next one is asked for when an eighth of one is left.
/// </summary>
/// <param name="pieceBytes">Of one piece, a multiple of a cache line; 2 MB at most.</param>
public sealed unsafe class TableMemory(int pieceBytes) : IDisposable
{
    private const int PagesAtOnce = 8,
        BlockBytes = PagesAtOnce * HugePages.Bytes;

    private readonly int _askedAhead = Math.Max(pieceBytes, HugePages.Bytes / 8);
    private readonly List<nint> _blocks = [];
    private byte* _free;
    private int _left;

    /// <summary>
    /// The first page of the block that wasn't asked for; the block behind this one once its pages all were.
    /// </summary>
    private byte* _notAsked,
        _following;

    /// <summary>A further piece, not cleared.</summary>
    public byte* Take()
    {
        if (_blocks.Count == 0)
        {
            return Block(pieceBytes);
        }

        if (_left < pieceBytes)
        {
            if (_following == null)
            {
                _notAsked = (_following = Block(BlockBytes)) + HugePages.Bytes;
            }

            _free = _following;
            _left = BlockBytes;
            _following = null;
        }
        byte* piece = _free;
        _free += pieceBytes;
        _left -= pieceBytes;
        if (_following == null && _notAsked - _free < _askedAhead)
        {
            AskForNext();
        }

        return piece;
    }

    private void AskForNext()
    {
        if (_notAsked == _free + _left)
        {
            _notAsked = _following = Block(BlockBytes);
        }

        PagePrefaulter.Prefault(_notAsked, HugePages.Bytes);
        _notAsked += HugePages.Bytes;
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
        _following = null;
    }
}
