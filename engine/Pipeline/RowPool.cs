using Engine.Pipeline.Clicks;
using Engine.Pipeline.Join;

namespace Engine.Pipeline;

/// <summary>Reuses rows and waiting paths, so that a click allocates none. One per lane.</summary>
internal sealed class RowPool
{
    private readonly Stack<ClickRow> _rows = new();
    private readonly Stack<WaitingPath> _paths = new();

    public ClickRow Rent() => _rows.TryPop(out ClickRow? row) ? row : new ClickRow();

    public WaitingPath RentPath() => _paths.TryPop(out WaitingPath? path) ? path : new WaitingPath();

    public void Return(ClickRow row)
    {
        if (row.OwnPath is { } path)
        {
            Return(row.Partition, path);
        }

        row.OwnPath = null;
        _rows.Push(row);
    }

    public void Return(PartitionState partition, WaitingPath path)
    {
        partition.WaitingPoints -= path.Count;
        _paths.Push(path);
    }
}
