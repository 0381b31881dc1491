using Engine.Workflows.Priority.Settings;

namespace Engine.Workflows.Priority.Decision;

/// <summary>
/// What a context has asked for below the level that is in force, as far as it still counts: levels that fall, each
/// with the log time from which nothing above it was asked for. A request ends the ones below it, and takes over since
/// when the highest of those has held.
/// </summary>
public sealed class LowerRequests
{
    private readonly List<Held> _held = [];

    /// <param name="Since">Log time, ms.</param>
    public readonly record struct Held(int Level, string Directive, long Since);

    /// <summary>From the highest, which has held longest, to the lowest.</summary>
    public IReadOnlyList<Held> All => _held;

    public void Clear() => _held.Clear();

    /// <summary>A level below the one in force is asked for, from now on.</summary>
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

    /// <summary>
    /// The lowest that has been asked for long enough: the highest level asked for in that time. Null for none.
    /// </summary>
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

    /// <summary>The log time at which the next one is ripe; <see cref="long.MaxValue"/> for none.</summary>
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

    /// <summary>The level in force has come down to one: only what is below goes on.</summary>
    public void LoweredTo(int level) => _held.RemoveAll(held => held.Level >= level);

    /// <summary>
    /// The band has changed: each level is the nearest there is, and of one level the one that has held longest stays.
    /// </summary>
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

    /// <summary>Puts one back that was remembered, in the order of <see cref="All"/>.</summary>
    public void Restore(Held held) => _held.Add(held);
}
