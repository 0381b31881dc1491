namespace Engine.Pipeline.CursorPath;

/// <summary>
/// The features of a cursor path in the order of their columns; <see cref="PathFeatures.Table"/> has names, units and
/// sources. Angles are atan2 of steps, turns are wrapped to (-pi, pi]. "Arc" means 32 points of equal arc length (16
/// for "coarse"), "grid" a time grid of 25 ms.
/// </summary>
public enum PathFeature
{
    /// <summary>Standard deviation of |turn| over arc points.</summary>
    TurnStd,

    /// <summary>Greatest |turn| over arc points.</summary>
    TurnMax,

    /// <summary>Mean |turn| over arc points.</summary>
    TurnMean,

    /// <summary>Median |turn| over arc points.</summary>
    TurnMedian,

    /// <summary>Share of the two sharpest turns in the sum of all |turn|.</summary>
    TurnTop,

    /// <summary>Lag 1 autocorrelation of signed turns.</summary>
    TurnAutocorrelation,

    /// <summary>Share of successive turns with opposite signs.</summary>
    TurnAlternation,

    /// <summary>|sum of turns| over sum of |turns|.</summary>
    TurnBias,

    /// <summary>Standard deviation of |turn| over 16 arc points.</summary>
    CoarseTurnStd,

    /// <summary>Greatest |turn| over 16 arc points.</summary>
    CoarseTurnMax,

    /// <summary>Mean |turn| over 16 arc points, over that of 32.</summary>
    CoarseTurnRatio,

    /// <summary>Mean |turn| in the last quarter of the arc minus that in the rest.</summary>
    TurnEnd,

    /// <summary>Mean |turn| in the first quarter of the arc minus that in the rest.</summary>
    TurnStart,

    /// <summary>Distance from first to last point over arc length.</summary>
    Straightness,

    /// <summary>Greatest distance from the chord over arc length.</summary>
    ChordMax,

    /// <summary>Position along the arc at which the distance from the chord is greatest.</summary>
    ChordMaxAt,

    /// <summary>Number of times the arc crosses its chord.</summary>
    ChordCrossings,

    /// <summary>Residual of the line in arc length.</summary>
    ArcLine,

    /// <summary>Residual of the cubic in arc length.</summary>
    ArcCubic,

    /// <summary>Residual of the quintic in arc length.</summary>
    ArcQuintic,

    /// <summary>Residual of the quintic in arc length over that of the cubic.</summary>
    ArcQuinticRatio,

    /// <summary>Residual of the cubic in time.</summary>
    TimeCubic,

    /// <summary>Residual of the quintic in time.</summary>
    TimeQuintic,

    /// <summary>Residual of the polynomial of degree 7 in time.</summary>
    TimeSeptic,

    /// <summary>Residual of degree 7 over that of degree 5, in time.</summary>
    TimeSepticRatio,

    /// <summary>Standard deviation of speed over its mean.</summary>
    SpeedSpread,

    /// <summary>Third standardised moment of speed.</summary>
    SpeedSkew,

    /// <summary>Fourth standardised moment of speed.</summary>
    SpeedKurtosis,

    /// <summary>Lag 1 autocorrelation of speed, 25 ms.</summary>
    SpeedAutocorrelation,

    /// <summary>Lag 2 autocorrelation of speed, 50 ms.</summary>
    SpeedAutocorrelation2,

    /// <summary>Lag 4 autocorrelation of speed, 100 ms.</summary>
    SpeedAutocorrelation4,

    /// <summary>90th percentile of speed over its median.</summary>
    SpeedTail,

    /// <summary>10th percentile of speed over its median.</summary>
    SpeedFoot,

    /// <summary>Position in time at which speed is greatest.</summary>
    PeakAt,

    /// <summary>Mean speed of the last 50 ms over the mean.</summary>
    EndSpeed,

    /// <summary>Mean speed of the first 50 ms over the mean.</summary>
    StartSpeed,

    /// <summary>Share of time below a twentieth of the mean speed.</summary>
    StillShare,

    /// <summary>Share of time below a quarter of the mean speed.</summary>
    SlowShare,

    /// <summary>Share of time that the first tenth of the arc takes.</summary>
    FirstTenth,

    /// <summary>Share of time that the first half of the arc takes.</summary>
    FirstHalf,

    /// <summary>Share of time that the last fifth of the arc takes.</summary>
    LastFifth,

    /// <summary>Share of time that the last twentieth of the arc takes.</summary>
    LastTwentieth,

    /// <summary>Correlation of speed with that of minimum jerk.</summary>
    MinimumJerk,

    /// <summary>Mean |second difference of speed|, 100 ms.</summary>
    SpeedRoughness,

    /// <summary>Mean |second difference of speed|, 25 ms.</summary>
    SpeedRoughnessFine,

    /// <summary>Local maxima of speed above a fifth of the greatest, per second.</summary>
    SubMovements,

    /// <summary>Mean depth of the minima between local maxima.</summary>
    SubMovementDepth,

    /// <summary>Share of time in which speed rises.</summary>
    RisingShare,

    /// <summary>Greatest rise of speed over greatest fall.</summary>
    RiseOverFall,

    /// <summary>Spectral arc length of speed.</summary>
    Sparc,

    /// <summary>Dimensionless jerk, 100 ms.</summary>
    Jerk,

    /// <summary>Dimensionless jerk, 50 ms.</summary>
    JerkFine,

    /// <summary>Mean |turn| between successive velocities, 25 ms.</summary>
    GridTurnMean,

    /// <summary>90th percentile of |turn| between successive velocities, 25 ms.</summary>
    GridTurnP90,

    /// <summary>Mean |turn| between successive velocities, 50 ms.</summary>
    GridTurnMean50,

    /// <summary>Correlation of speed and |turn|.</summary>
    SpeedTurnCorrelation,

    /// <summary>Slope of log speed on log curvature.</summary>
    PowerLawSlope,

    /// <summary>Correlation of log speed and log curvature.</summary>
    PowerLawCorrelation,

    /// <summary>Lag 1 autocorrelation of normal acceleration, 25 ms.</summary>
    NormalAutocorrelation,

    /// <summary>Lag 1 autocorrelation of tangential acceleration, 25 ms.</summary>
    TangentAutocorrelation,

    /// <summary>Normal over tangential acceleration, root mean squares, 25 ms.</summary>
    NormalOverTangent,

    /// <summary>Kurtosis of normal acceleration.</summary>
    NormalKurtosis,

    /// <summary>Kurtosis of tangential acceleration.</summary>
    TangentKurtosis,

    /// <summary>Acceleration over speed, root mean squares, 25 ms.</summary>
    AccelerationOverSpeed,

    /// <summary>Acceleration over speed, root mean squares, 50 ms.</summary>
    AccelerationOverSpeed50,

    /// <summary>Acceleration over speed, root mean squares, 100 ms.</summary>
    AccelerationOverSpeed100,

    /// <summary>Lag 1 autocorrelation of normal acceleration, 50 ms.</summary>
    NormalAutocorrelation50,

    /// <summary>Lag 1 autocorrelation of tangential acceleration, 50 ms.</summary>
    TangentAutocorrelation50,

    /// <summary>Residual of the cubic of arc length in time.</summary>
    WayCubic,

    /// <summary>Residual of the quintic of arc length in time.</summary>
    WayQuintic,

    /// <summary>Residual of the polynomial of degree 7 of arc length in time.</summary>
    WaySeptic,

    /// <summary>Share of events along an axis.</summary>
    AxisShare,

    /// <summary>Share of steps equal to the one before.</summary>
    RepeatedSteps,

    /// <summary>Share of steps under 1.5 px.</summary>
    SmallSteps,

    /// <summary>Standard deviation of waits over their mean.</summary>
    WaitSpread,

    /// <summary>Standard deviation of steps over their mean.</summary>
    StepSpread,

    /// <summary>Lag 1 autocorrelation of steps' lengths.</summary>
    StepAutocorrelation,

    /// <summary>Lag 1 autocorrelation of waits.</summary>
    WaitAutocorrelation,

    /// <summary>Correlation of wait and step, both relative to their neighbours.</summary>
    WaitStepCorrelation,

    /// <summary>Spread of steps relative to their neighbours.</summary>
    LocalStepNoise,

    /// <summary>Spread of speeds relative to their neighbours.</summary>
    LocalSpeedNoise,

    /// <summary>Lag 1 autocorrelation of turns between events.</summary>
    BendAutocorrelation,

    /// <summary>Mean |turn| between events.</summary>
    BendMean,

    /// <summary>Standard deviation of |turn| between events.</summary>
    BendStd,

    /// <summary>Median wait.</summary>
    WaitMedian,

    /// <summary>90th percentile of waits over the median.</summary>
    WaitTail,

    /// <summary>10th percentile of waits over the median.</summary>
    WaitFoot,

    /// <summary>Share of waits within 1 ms of the median.</summary>
    WaitSame,

    /// <summary>Share of events without movement.</summary>
    Motionless,

    /// <summary>log10 of arc length.</summary>
    LogLength,

    /// <summary>log10 of duration.</summary>
    LogDuration,

    /// <summary>log10 of the number of moves.</summary>
    LogPoints,
}
