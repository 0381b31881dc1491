using System.Runtime.CompilerServices;
using Engine.Pipeline.Replay.Residuals;

namespace Engine.Pipeline.Replay;

/// <summary>
/// A path that is looked up, held against one stored path after another. What only doubtful cases need is made when the
/// first of them comes.
/// </summary>
internal ref struct ReplayQuery(
    ReadOnlySpan<float> points,
    ReadOnlySpan<float> t,
    ReadOnlySpan<float> x,
    ReadOnlySpan<float> y,
    float limit
)
{
    /// <summary>Beyond so many times the limit, the path's own points don't bring it below.</summary>
    private const float MaxDoubt = 4;

    private readonly ReadOnlySpan<float> _points = points,
        _t = t,
        _x = x,
        _y = y;
    private readonly float _limit = limit;
    private (float X, float Y)? _centre;
    private bool? _jumps;

    /// <summary>
    /// The residual to a stored path, px: by the signatures; where that is over the limit, the least of that and what
    /// the path's own points and its jumps say.
    /// </summary>
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

        if (residual > _limit && ((_jumps ??= SlippedResidual.Jumps(_points)) || SlippedResidual.Jumps(stored)))
        {
            residual = Math.Min(residual, SlippedResidual.Between(_points, stored));
        }

        return residual;
    }
}
