using System.Globalization;
using System.Security.Cryptography;
using Engine.Contracts;
using Engine.Web;
using Engine.Web.Hosting;
using Ingest.Confirmation.Pages;
using Ingest.Confirmation.Pictures;
using Ingest.Confirmation.State;
using Ingest.Confirmation.Tokens;
using Microsoft.Extensions.Primitives;
using StackExchange.Redis;

namespace Ingest.Confirmation;

/// <summary>Shows confirmation pages and takes their answers (systems.md 4). Any number of servers may do so behind a
/// balancer: what must happen once happens in Redis. Call <see cref="Map"/>, then <see cref="OpenAsync"/> for each
/// click whose action is <c>confirm</c>. Thread-safe.</summary>
public sealed class ConfirmationServer : IAsyncDisposable
{
    private const string Path = "/confirm/",
        PictureSuffix = ".png";

    private static readonly PageNeeds Needs = new() { Pictures = true, LeadsOn = true };

    private readonly ConfirmationOptions _options;
    private readonly ConfirmationKeys _keys;
    private readonly ConfirmationStates _states;
    private readonly ConfirmationOutcomes _outcomes;
    private readonly ConfirmationPicture _picture = new();

    /// <param name="prefix">The prefix of the keys in Redis.</param>
    public ConfirmationServer(
        ConfirmationOptions options,
        ConfirmationKeys keys,
        IConnectionMultiplexer redis,
        string prefix
    )
    {
        (_options, _keys, _states) = (options, keys, new ConfirmationStates(redis, prefix));
        _outcomes = new ConfirmationOutcomes(_states, options);
        _outcomes.Start();
    }

    private long Now => _options.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    public void Map(IEndpointRouteBuilder app)
    {
        // Without the casts they would be taken for delegates whose results nobody awaits.
        app.MapGet(Path + "{token}", (Delegate)GetAsync)
            .ForEveryone()
            .Describe("Shows a click's confirmation page, or its picture.");
        app.MapPost(Path + "{token}", (Delegate)AnswerAsync)
            .ForEveryone()
            .Describe("Takes the answer of a confirmation page.");
    }

    /// <summary>Opens a click's page. Returns its path; null if the click had one that is over, so that it goes on to
    /// its target.</summary>
    public async Task<string?> OpenAsync(ClickToConfirm click)
    {
        string network = NetworkOf(click.Ip);
        (string text, string id) = Issue(click, network, attempt: 1);
        var page = new PendingPage(click.Click, click.Publisher, click.Ip);
        ConfirmationState? there = await _states.OpenAsync(click.Click, id, page, Now).ConfigureAwait(false);
        if (there == null)
        {
            await _outcomes.ShownAsync(click.Publisher, Now).ConfigureAwait(false);
            return Path + text;
        }

        // The same link was opened again: the page goes on where it was.
        (text, id) = Issue(click, network, there.Attempts);
        return
            there.IsOpen
            && await _states.ReplaceAsync(click.Click, former: null, id, way: null, Now).ConfigureAwait(false)
            ? Path + text
            : null;
    }

    public async ValueTask DisposeAsync()
    {
        await _outcomes.DisposeAsync().ConfigureAwait(false);
        _picture.Dispose();
    }

    private async Task<IResult> GetAsync(HttpContext http)
    {
        string part = RoutePart.Of(http, "token");
        if (part.EndsWith(PictureSuffix, StringComparison.Ordinal))
        {
            return await PictureAsync(http, Read(part[..^PictureSuffix.Length])).ConfigureAwait(false);
        }

        SignedToken signed = Read(part);
        ConfirmationState? state = await _states.ReadAsync(signed.Token.Click).ConfigureAwait(false);
        if (state is not { IsOpen: true } || state.Until < Now)
        {
            return Over(signed, state?.Outcome == "confirmed" ? OverReason.Answered : OverReason.TimeOver);
        }

        return Show(signed, state, problem: null);
    }

    private async Task<IResult> PictureAsync(HttpContext http, SignedToken signed)
    {
        PictureSize size = PictureSize.All.FirstOrDefault(one => one.Name == http.Request.Query["size"].ToString())
            ?? PictureSize.Wide;
        byte[] png = _picture.Draw(size, signed.Seed);
        if (!HeadRequests.IsPreview(http))
        {
            await _states.SeenAsync(signed.Token.Click, signed.Id, Now).ConfigureAwait(false);
        }

        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        return Results.Bytes(png, "image/png");
    }

    private async Task<IResult> AnswerAsync(HttpContext http)
    {
        SignedToken signed = Read(RoutePart.Of(http, "token"));
        IFormCollection form = await Forms.ReadOpenAsync(http).ConfigureAwait(false);
        string network = NetworkOf(_options.AddressOf(http));
        if (network != signed.Token.Network)
        {
            // From IPv4 to IPv6, or through a relay: no miss, but the token holds for the other network only.
            return await ReplaceAsync(signed, network, way: null).ConfigureAwait(false);
        }

        if (form.ContainsKey("more"))
        {
            await _states.ExtendAsync(signed.Token.Click, signed.Id, Now).ConfigureAwait(false);
            return SeeOther(Path + signed.Text);
        }

        if (form.ContainsKey("accessible"))
        {
            return await GoAccessibleAsync(signed, network).ConfigureAwait(false);
        }

        if (form.ContainsKey("picture"))
        {
            return await ReplaceAsync(signed, network, "picture").ConfigureAwait(false);
        }

        // Enter on an image button sends 0,0: no answer.
        if (Judge(signed, form) is not { } isHit)
        {
            return SeeOther(Path + signed.Text);
        }

        return await TakeAsync(signed, isHit, network).ConfigureAwait(false);
    }

    private async Task<IResult> TakeAsync(SignedToken signed, bool isHit, string network)
    {
        ConfirmationToken token = signed.Token;
        (string text, string id) = Issue(
            new ClickToConfirm(token.Click, token.Campaign, token.Publisher, token.Ip),
            network,
            token.Attempt + 1
        );
        AnswerOutcome outcome = await _states
            .AnswerAsync(token.Click, signed.Id, isHit, id, mayBeSoon: _options.Mode != ConfirmationMode.Real, Now)
            .ConfigureAwait(false);
        if (outcome is AnswerOutcome.Confirmed or AnswerOutcome.Missed or AnswerOutcome.Expired)
        {
            await ConcludeAsync(token).ConfigureAwait(false);
        }

        return outcome switch
        {
            AnswerOutcome.Confirmed or AnswerOutcome.ConfirmedAgain => SeeOther(TargetOf(token)),
            AnswerOutcome.Next => SeeOther(Path + text),
            AnswerOutcome.Missed => Over(signed, OverReason.Missed),
            AnswerOutcome.Used => Over(signed, OverReason.Answered),
            _ => Over(signed, OverReason.TimeOver),
        };
    }

    /// <summary>Sends the outcome without letting the person wait for Kafka.</summary>
    private async Task ConcludeAsync(ConfirmationToken token)
    {
        if (await _states.ReadAsync(token.Click).ConfigureAwait(false) is { IsOpen: false } state)
        {
            _ = _outcomes
                .ConcludeAsync(new PendingPage(token.Click, token.Publisher, token.Ip), state)
                .ContinueWith(
                    failed => _ = failed.Exception, // a sweep sends it
                    CancellationToken.None,
                    TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
                    TaskScheduler.Default
                );
        }
    }

    private async Task<IResult> GoAccessibleAsync(SignedToken signed, string network)
    {
        if (await _states.MayGoAccessibleAsync(network).ConfigureAwait(false))
        {
            return await ReplaceAsync(signed, network, "accessible").ConfigureAwait(false);
        }

        return await _states.ReadAsync(signed.Token.Click).ConfigureAwait(false) is { IsOpen: true } state
            ? Show(
                signed,
                state,
                "This way has been used too often from your network within an hour. Use the picture, or try later."
            )
            : Over(signed, OverReason.TimeOver);
    }

    /// <summary>Puts another token in the place of this one, for the same attempt.</summary>
    private async Task<IResult> ReplaceAsync(SignedToken signed, string network, string? way)
    {
        ConfirmationToken token = signed.Token;
        (string text, string id) = Issue(
            new ClickToConfirm(token.Click, token.Campaign, token.Publisher, token.Ip),
            network,
            token.Attempt
        );
        return await _states.ReplaceAsync(token.Click, signed.Id, id, way, Now).ConfigureAwait(false)
            ? SeeOther(Path + text)
            : Over(signed, OverReason.Answered);
    }

    /// <summary>Whether an answer is right; null if it is none.</summary>
    private bool? Judge(SignedToken signed, IFormCollection form)
    {
        bool? isHit = null;
        if (form.TryGetValue("code", out StringValues code))
        {
            isHit = AccessibleCode.IsRight(signed, code.ToString());
        }

        foreach (PictureSize size in PictureSize.All)
        {
            if (
                Coordinate(form[size.Name + ".x"]) is { } x
                && Coordinate(form[size.Name + ".y"]) is { } y
                && (x, y) != (0, 0)
            )
            {
                isHit = size.IsHit(signed.Seed, x, y);
            }
        }

        return isHit == null || _options.Mode == ConfirmationMode.Real
            ? isHit
            : _options.Mode == ConfirmationMode.AlwaysHit;
    }

    private static double? Coordinate(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : null;

    private static IResult Show(SignedToken signed, ConfirmationState state, string? problem) =>
        Page.Show<ConfirmPage>(
            new
            {
                Address = Path + signed.Text,
                state.Attempts,
                state.Until,
                Words = state.Way == "accessible" ? AccessibleCode.WordsOf(signed) : null,
                Problem = problem,
            },
            needs: Needs
        );

    private IResult Over(SignedToken signed, OverReason reason) =>
        Page.Show<OverPage>(
            new { Reason = reason, Target = _options.TargetOf(signed.Token.Campaign) },
            reason == OverReason.Answered ? StatusCodes.Status409Conflict : StatusCodes.Status200OK,
            Needs
        );

    private string TargetOf(ConfirmationToken token) =>
        _options.TargetOf(token.Campaign)
        ?? throw new RefusedException(
            StatusCodes.Status404NotFound,
            $"The campaign '{token.Campaign}' has no target any more."
        );

    private SignedToken Read(string text) =>
        _keys.Read(text)
        ?? throw new RefusedException(
            StatusCodes.Status404NotFound,
            "There is no such page: its address was changed, or cut. Go back, and click the ad once more.",
            "token"
        );

    private (string Text, string Id) Issue(ClickToConfirm click, string network, int attempt)
    {
        string text = _keys.Sign(
            new ConfirmationToken(
                click.Click,
                click.Campaign,
                click.Publisher,
                click.Ip,
                network,
                attempt,
                Now,
                BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)))
            )
        );
        return (text, SignedToken.IdOf(text));
    }

    private static string NetworkOf(string ip) =>
        IpAddress.TryParse(ip, out IpAddress address) ? address.NetworkText() : "";

    private static SeeOtherResult SeeOther(string address) => new SeeOtherResult(address);

    /// <summary>303: what follows is fetched with GET.</summary>
    private sealed class SeeOtherResult(string address) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            HttpResponse response = httpContext.Response;
            response.StatusCode = StatusCodes.Status303SeeOther;
            response.Headers.Location = address;
            response.Headers.CacheControl = "no-store";
            response.Headers["Referrer-Policy"] = "no-referrer";
            return Task.CompletedTask;
        }
    }
}
