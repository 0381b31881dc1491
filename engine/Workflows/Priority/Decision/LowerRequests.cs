using Engine.Workflows.Priority.Settings;

namespace Engine.Workflows.Priority.Decision;

/// <summary>The levels below the one in force that a context has requested and that still count: descending levels,
/// each with the log time since which nothing above it was requested. A request removes those at or below its own
/// level, and inherits the start of the highest of these.</summary>
public sealed class LowerRequests
{
    private readonly List<Held> _held = [];

    /// <param name="Since">Log time, ms.</param>
    public readonly record struct Held(int Level, string Directive, long Since);

    /// <summary>From the highest level, held longest, to the lowest.</summary>
    public IReadOnlyList<Held> All => _held;

    public void Clear() => _held.Clear();

    /// <summary>Adds a request for a level below the one in force, from now on.</summary>
    public void Add(Request request, long now)
    {
        long since = now;
        while (_held.Count > 0 && _held[^1].Level <= request.Level)
        {
            since = _held[^1].Since;
            _held.RemoveAt(_held.Count - 1);
        }
        _held.Add(new Held(request.Level, request.Directive, since));
    }

    /// <summary>The lowest level held long enough, which is the highest level requested in that time; null for
    /// none.</summary>
    public Held? Ripe(long now, long after)
    {
        for (int i = _held.Count - 1; i >= 0; i--)
        {
            if (_held[i].Since + after <= now)
            {
                return _held[i];
            }
        }

        return null;
    }

    /// <summary>The log time at which the next level is ripe; <see cref="long.MaxValue"/> for none.</summary>
    public long NextRipe(long now, long after)
    {
        foreach (Held held in _held)
        {
            if (held.Since + after > now)
            {
                return held.Since + after;
            }
        }

        return long.MaxValue;
    }

    /// <summary>Drops levels at or above the one that the level in force has come down to.</summary>
    public void LoweredTo(int level) => _held.RemoveAll(held => held.Level >= level);

    /// <summary>Maps the levels to a changed band: each becomes the nearest level, and of equal levels the one held
    /// longest remains.</summary>
    public void MoveTo(Band band)
    {
        Held[] before = [.. _held];
        _held.Clear();
        foreach (Held held in before)
        {
            int level = band.Nearest(held.Level);
            if (_held.Count == 0 || _held[^1].Level > level)
            {
                _held.Add(held with { Level = level });
            }
        }
    }

    /// <summary>Restores a remembered level, in the order of <see cref="All"/>.</summary>
    public void Restore(Held held) => _held.Add(held);
}
