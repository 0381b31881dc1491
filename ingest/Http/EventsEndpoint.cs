using System.IO.Pipelines;
using System.Text.Json.Serialization;
using Engine.Client;
using Engine.Client.Checks;
using Engine.Web;
using Microsoft.AspNetCore.Http;

namespace Ingest.Http;

/// <summary>A problem with one event of a request.</summary>
/// <param name="Index">The index of the event, from 0.</param>
/// <param name="Reason">A reason of the contract, or <c>unavailable</c> if Kafka didn't accept the event.</param>
/// <param name="Detail">The field.</param>
/// <param name="Message">The problem in words.</param>
public sealed record EventError(int Index, string Reason, string? Detail, string Message);

/// <summary>The response to <c>POST /v1/events</c>.</summary>
/// <param name="Accepted">The number of events that Kafka has acknowledged.</param>
/// <param name="Errors">The problems of the other events, of which the first 100 are listed.</param>
/// <param name="Unlisted">The number of further problems; null for none.</param>
public sealed record EventsAnswer(int Accepted, IReadOnlyList<EventError> Errors, int? Unlisted = null)
{
    /// <summary>Whether Kafka didn't accept an event, listed or not.</summary>
    [JsonIgnore]
    public bool IsUnavailable { get; init; }

    /// <summary>Whether the request exceeded its maximum size, so that its end wasn't read.</summary>
    [JsonIgnore]
    public bool IsTooLarge { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(EventsAnswer))]
internal sealed partial class AnswerJson : JsonSerializerContext;

/// <summary><c>POST /v1/events</c>: accepts one event, an array, or one event per line. Reports a problem for each bad
/// event, and confirms only events that Kafka has acknowledged. 202: all accepted; 207: some; 400: none; 413: the
/// request turned out to be too large, and its end wasn't read; 503: Kafka is unavailable, and the response lists the
/// events that it didn't accept.</summary>
internal sealed class EventsEndpoint(EventPublisher publisher)
{
    internal const string Unavailable = "unavailable";

    /// <summary>The maximum size of a request, in bytes. The contract sets none; this one keeps requests from filling
    /// the memory.</summary>
    internal const long MaxBody = 64L * 1024 * 1024;

    internal Task HandleAsync(HttpContext context)
    {
        bool lines =
            context.Request.ContentType is { } type
            && (
                type.Contains("ndjson", StringComparison.OrdinalIgnoreCase)
                || type.Contains("jsonl", StringComparison.OrdinalIgnoreCase)
            );
        return TakeAsync(context, lines, MaxBody, (events, frame) => events.TakeAsync(frame));
    }

    /// <summary>Reads a request's events, passes each on, and answers.</summary>
    /// <param name="maxBytes">The maximum size of the request.</param>
    /// <param name="take">Takes an event; returns whether to read on.</param>
    internal async Task TakeAsync(
        HttpContext context,
        bool lines,
        long maxBytes,
        Func<RequestEvents, Frame, ValueTask<bool>> take
    )
    {
        Bodies.RefuseBeyond(context, maxBytes);
        var events = new RequestEvents(publisher);
        bool isTooLarge = false;
        try
        {
            await foreach (
                Frame frame in FramesAsync(context.Request.BodyReader, lines, maxBytes, context.RequestAborted)
                    .ConfigureAwait(false)
            )
            {
                if (!await take(events, frame).ConfigureAwait(false))
                {
                    break;
                }
            }
        }
        catch (BadHttpRequestException error)
        {
            // The events read so far are already being sent, and the response has to say so.
            events.Fail(Reasons.TooLarge, null, error.Message);
            isTooLarge = error.StatusCode == StatusCodes.Status413PayloadTooLarge;
        }
        catch (InvalidDataException)
        {
            events.Fail(Reasons.Malformed, null, "the body isn't compressed as its Content-Encoding says");
        }

        EventsAnswer answer = await events.EndAsync().ConfigureAwait(false);
        await AnswerAsync(context, answer with { IsTooLarge = isTooLarge }).ConfigureAwait(false);
    }

    /// <summary>Splits the data from a pipe into events.</summary>
    /// <param name="maxBytes">The maximum size of the data, which may have been compressed.</param>
    /// <exception cref="BadHttpRequestException">It is larger.</exception>
    internal static async IAsyncEnumerable<Frame> FramesAsync(
        PipeReader body,
        bool lines,
        long maxBytes,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel
    )
    {
        var framing = new EventFraming(lines);
        var frames = new List<Frame>();
        long length = 0;
        while (true)
        {
            ReadResult read = await body.ReadAsync(cancel).ConfigureAwait(false);
            length += read.Buffer.Length;
            if (length > maxBytes)
            {
                throw new BadHttpRequestException(
                    $"the body exceeds the limit of {maxBytes:N0} bytes; events from here on were not read",
                    StatusCodes.Status413PayloadTooLarge
                );
            }

            foreach (ReadOnlyMemory<byte> piece in read.Buffer)
            {
                framing.Feed(piece.Span, frames);
                foreach (Frame frame in frames)
                {
                    yield return frame;
                }

                frames.Clear();
            }

            body.AdvanceTo(read.Buffer.End);
            if (!read.IsCompleted)
            {
                continue;
            }

            framing.End(frames);
            foreach (Frame frame in frames)
            {
                yield return frame;
            }

            yield break;
        }
    }

    private static Task AnswerAsync(HttpContext context, EventsAnswer answer)
    {
        context.Response.StatusCode =
            answer.IsUnavailable ? StatusCodes.Status503ServiceUnavailable
            : answer.IsTooLarge ? StatusCodes.Status413PayloadTooLarge
            : answer.Errors.Count == 0 ? StatusCodes.Status202Accepted
            : answer.Accepted > 0 ? StatusCodes.Status207MultiStatus
            : StatusCodes.Status400BadRequest;
        if (answer.IsUnavailable)
        {
            context.Response.Headers.RetryAfter = "5";
        }

        return context.Response.WriteAsJsonAsync(answer, AnswerJson.Default.EventsAnswer);
    }
}
