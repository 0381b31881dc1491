using Engine.Contracts.Protobuf;
using Google.Protobuf;

namespace Tests.Support;

/// <summary>Begins an event of <c>interactions</c> with its required fields filled in.</summary>
public static class Events
{
    /// <summary>2026-11-22T09:00:00Z: the default time of events. It begins an hour, and so a hop of every
    /// window.</summary>
    public const long Start = 1_795_338_000_000;

    public static EventBuilder Click(string id) =>
        new(
            new Event
            {
                Type = "click",
                Id = id,
                Time = Start,
                Ip = "203.0.113.9",
                Publisher = "pub-1",
                Campaign = "cmp-1",
            }
        );

    public static EventBuilder Path(string click) =>
        new EventBuilder(
            new Event
            {
                Type = "cursor-path",
                Click = click,
                Time = Start,
                Ip = "203.0.113.9",
            }
        ).Points([.. CurvedPath]);

    public static EventBuilder Confirmation(string click, string outcome = "confirmed") =>
        new(
            new Event
            {
                Type = "confirmation",
                Click = click,
                Time = Start,
                Ip = "203.0.113.9",
                Outcome = outcome,
                Attempts = 1,
                LatencyMs = 1_840,
            }
        );

    /// <summary>A label of <c>labels</c>, which doesn't say where the click was made.</summary>
    public static EventBuilder Label(string click, bool valid = false, string source = "analyst") =>
        new(
            new Event
            {
                Type = "label",
                Click = click,
                Time = Start,
                Valid = valid,
                Source = source,
            }
        );

    public static EventBuilder Tick() => new(new Event { Type = "tick" });

    /// <summary>A path that curves, slows down and has no constant steps.</summary>
    public static readonly (double T, double X, double Y)[] CurvedPath =
    [
        .. Enumerable
            .Range(0, 24)
            .Select(i => (i * 16.0 + i % 3, 100 + 180 * Math.Sin(i / 9.0) + i % 2, 80 + 3.1 * i + 0.21 * i * i)),
    ];
}

/// <summary>Builds one event, with the same content in JSON and in Protobuf.</summary>
public sealed class EventBuilder(Event e)
{
    public Event Event => e;

    /// <summary>The log time for <see cref="PipelineRun"/>: the event time, unless <see cref="At"/> or
    /// <see cref="LoggedAt"/> set another.</summary>
    public long LogTime { get; private set; } = e.HasTime ? e.Time : Events.Start;

    public EventBuilder At(long ms) => Set(() => (e.Time, LogTime) = (ms, ms));

    public EventBuilder LoggedAt(long ms) => Set(() => LogTime = ms);

    public EventBuilder From(string ip) => Set(() => e.Ip = ip);

    public EventBuilder Agent(string ua) => Set(() => e.Ua = ua);

    public EventBuilder Visitor(string visitor) => Set(() => e.Visitor = visitor);

    public EventBuilder Publisher(string publisher) => Set(() => e.Publisher = publisher);

    public EventBuilder Placement(string placement) => Set(() => e.Placement = placement);

    public EventBuilder Campaign(string campaign) => Set(() => e.Campaign = campaign);

    public EventBuilder Advertiser(string advertiser) => Set(() => e.Advertiser = advertiser);

    public EventBuilder Cost(long micros) => Set(() => e.CostMicros = micros);

    public EventBuilder Page(string page) => Set(() => e.Page = page);

    public EventBuilder Referrer(string referrer) => Set(() => e.Referrer = referrer);

    public EventBuilder Target(string target) => Set(() => e.Target = target);

    public EventBuilder Pointer(string pointer) => Set(() => e.Pointer = pointer);

    public EventBuilder Position(double x, double y) => Set(() => (e.X, e.Y) = (x, y));

    public EventBuilder Viewport(double width, double height) => Set(() => e.Viewport.Add([width, height]));

    public EventBuilder ExpectsPath(bool expects = true) => Set(() => e.ExpectsPath = expects);

    public EventBuilder Device(Action<Device> device) => Set(() => device(e.Device ??= new Device()));

    public EventBuilder Attempts(int attempts) => Set(() => e.Attempts = attempts);

    public EventBuilder LatencyMs(long ms) => Set(() => e.LatencyMs = ms);

    /// <summary>The path included in a click, or the points of a cursor-path.</summary>
    public EventBuilder Points(params (double T, double X, double Y)[] points) =>
        Set(() =>
        {
            var field = e.Type == "click" ? e.Path : e.Points;
            field.Clear();
            field.AddRange(
                points.Select(point => new Point
                {
                    T = point.T,
                    X = point.X,
                    Y = point.Y,
                })
            );
        });

    public byte[] ToProtobuf() => e.ToByteArray();

    public string ToJson() => EventJson.Write(e);

    private EventBuilder Set(Action change)
    {
        change();
        return this;
    }
}
