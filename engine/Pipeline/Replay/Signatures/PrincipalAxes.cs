namespace Engine.Pipeline.Replay.Signatures;

/// <summary>The spread of points along their principal axes.</summary>
/// <param name="Main">The greatest, in the square of the points' unit.</param>
/// <param name="Minor">The one across it; a rounding error may make it slightly negative.</param>
internal readonly record struct PrincipalAxes(double Main, double Minor)
{
    /// <summary>Computes them from the points' covariance.</summary>
    public static PrincipalAxes Of(double xx, double yy, double xy)
    {
        double half = (xx + yy) / 2,
            apart = (xx - yy) / 2,
            root = Math.Sqrt((apart * apart) + (xy * xy));
        return new PrincipalAxes(half + root, half - root);
    }
}
