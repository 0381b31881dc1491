using Engine.Contracts;

namespace Engine.Pipeline.Settings;

/// <summary>The settings of reasons that <c>settings</c> doesn't set. The shipped <c>configs/settings/reasons.yaml</c>
/// has the same values.</summary>
public static class ReasonDefaults
{
    public static ReasonSetting Of(Reason reason)
    {
        ReasonClass @class = Reasons.Table[(int)reason].Class;
        return reason switch
        {
            Reason.RateVisitor => new(@class, 20, 60, @class, 0, false, false),
            Reason.RateIp => new(@class, 60, 60, @class, 0, false, false),
            Reason.RateNetwork => new(@class, 300, 60, @class, 0, false, false),
            Reason.RatePair => new(@class, 30, 600, @class, 0, false, false),
            Reason.ClickDouble => new(@class, 1_000, 60, @class, 0, false, false),
            // One straight line raises the score; several decide (US8910305B1). Over the window's limit, the class is
            // SIVT.
            Reason.CursorNone or Reason.CursorStraight or Reason.CursorEven => new(
                @class,
                3,
                3600,
                ReasonClass.Sivt,
                0,
                false,
                false
            ),
            Reason.CursorForged => new(@class, 0, 3600, @class, 0, false, false),
            // A limit of 0 stands for the artefact's own, which falls with the number of paths.
            Reason.CursorSeries => new(@class, 0, 3600, @class, 3, false, false),
            Reason.StandingNetwork => new(@class, 0.6, 3600, @class, 20, false, false),
            Reason.StandingVisitor => new(@class, 0.5, 3600, @class, 4, false, false),
            Reason.PublisherShare => new(@class, 0.25, 600, @class, 100, false, false),
            Reason.History => new(@class, 0.5, 3600, @class, 10, false, false),
            _ => new(@class, 0, 3600, @class, 0, false, false),
        };
    }
}
