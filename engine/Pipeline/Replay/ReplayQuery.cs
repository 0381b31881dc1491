using System.Runtime.CompilerServices;
using Engine.Pipeline.Replay.Residuals;

namespace Engine.Pipeline.Replay;

/// <summary>Compares a path with one stored path after another. Values that only doubtful cases need are computed for
/// the first of them.</summary>
internal ref struct ReplayQuery(
    ReadOnlySpan<float> points,
    ReadOnlySpan<float> t,
    ReadOnlySpan<float> x,
    ReadOnlySpan<float> y,
    float limit,
    bool slips
)
{
    /// <summary>The multiple of the limit beyond which the path's own points can't bring the residual below
    /// it.</summary>
    private const float MaxDoubt = 4;

    private readonly ReadOnlySpan<float> _points = points,
        _t = t,
        _x = x,
        _y = y;
    private readonly float _limit = limit;
    private readonly bool _slips = slips;
    private (float X, float Y)? _centre;
    private bool? _jumps;

    /// <summary>The residual to a stored path, px, by the signatures. If it is over the limit, the smallest of that and
    /// of the residuals by the path's own points and by its jumps.</summary>
    [SkipLocalsInit]
    public float To(ReadOnlySpan<byte> signature)
    {
        Span<float> stored = stackalloc float[Residual.Padded];
        SignaturePoints.Unpack(signature, stored);
        float residual = Residual.Between(_points, stored);
        if (residual > _limit && residual < MaxDoubt * _limit && !_t.IsEmpty)
        {
            _centre ??= RawResidual.Centre(_t, _x, _y);
            residual = Math.Min(residual, RawResidual.Of(_t, _x, _y, _centre.Value, stored));
        }

        if (
            _slips
            && residual > _limit
            && ((_jumps ??= SlippedResidual.Jumps(_points)) || SlippedResidual.Jumps(stored))
        )
        {
            residual = Math.Min(residual, SlippedResidual.Between(_points, stored));
        }

        return residual;
    }
}
