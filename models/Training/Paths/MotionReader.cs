namespace Models.Training.Paths;

/// <summary>Reads a motion's positions at times that never decrease, with straight lines between its points.</summary>
/// <param name="motion">The motion, at least one point.</param>
internal sealed class MotionReader(Motion motion)
{
    private int _before;

    /// <summary>Gets the position at a time, in ms, between the motion's first and last.</summary>
    public (double X, double Y) At(double time)
    {
        int last = motion.Count - 1;
        while (_before < last - 1 && motion.T[_before + 1] <= time)
        {
            _before++;
        }

        // of several points at the end, the last one counts
        _before = time >= motion.T[last] && last > 0 ? last - 1 : _before;
        int next = Math.Min(_before + 1, last);
        double gap = motion.T[next] - motion.T[_before],
            part = gap > 0 ? Math.Clamp((time - motion.T[_before]) / gap, 0, 1) : 1;
        return (
            motion.X[_before] + (part * (motion.X[next] - motion.X[_before])),
            motion.Y[_before] + (part * (motion.Y[next] - motion.Y[_before]))
        );
    }
}
